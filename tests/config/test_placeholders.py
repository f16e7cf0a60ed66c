"""Placeholders take their values from the path, from earlier answers or from a token, and from nowhere else."""

import pytest

from krakpy.codes import Code
from krakpy.config.placeholders import Available, complaints, find


def available(*parameters, number=1, is_sequential=False, has_token=False):
    return Available(
        endpoint="/x", parameters=parameters, number=number, is_sequential=is_sequential, has_token=has_token
    )


def test_each_placeholder_is_found_once_also_in_the_query():
    assert find("/u/{id}?q={id}&t={JWT.sub}&n={ }") == ["JWT.sub", "id"]


@pytest.mark.parametrize(
    ("pattern", "given"),
    [
        ("/u/{id}?q={id}&t={JWT.sub}", available("id", has_token=True)),
        ("/{x-y}", available("x-y")),
        ("/r/{resp0_a.b}", available(is_sequential=True)),
        ("/plain", available()),
    ],
)
def test_a_placeholder_with_a_source_is_right(pattern, given):
    assert complaints(pattern, given) == []


@pytest.mark.parametrize(
    ("pattern", "given", "names"),
    [
        ("/x/{a}", available(), ["{a}"]),
        ("/x/{a}/{b}", available("a"), ["{b}"]),
        ("/x/{a}/{b}", available(), ["{a}", "{b}"]),
        ("/{a}/{b}/{c}", available("a"), ["{b}", "{c}"]),
        ("/r/{resp0}", available(is_sequential=True), ["{resp0}"]),
        ("/r/{resp0_}", available(is_sequential=True), ["{resp0_}"]),
        ("/r/{resp0_id}", available(), ["{resp0_id}"]),
        ("/r/{resp1_id}", available(is_sequential=True), ["{resp1_id}"]),
        ("/t/{JWT.sub}", available(), ["{JWT.sub}"]),
    ],
)
def test_every_placeholder_without_a_source_is_named(pattern, given, names):
    found = complaints(pattern, given)
    assert [complaint.code for complaint in found] == [Code.BAD_PARAMETER] * len(names)
    assert all(name in complaint.message for name, complaint in zip(names, found, strict=True))


def test_dynamic_routing_is_named_as_a_feature_of_enterprise():
    assert [complaint.code for complaint in complaints("/{input_headers.X}", available())] == [Code.ENTERPRISE]
