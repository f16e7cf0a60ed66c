"""Several answers become one: the later document wins, and what lacks something is incomplete."""

import pytest
from krakpy_sdk import Headers, RejectedError, Response, Timeout

from krakpy.endpoint.joining import ends_request, union, without_query
from krakpy.errors import Replied


def test_the_later_document_wins_and_objects_are_replaced_whole():
    joined = union([Response(data={"a": {"x": 1}, "b": 1}), Response(data={"a": {"y": 2}})], is_complete=True)
    assert joined.data == {"a": {"y": 2}, "b": 1}


@pytest.mark.parametrize(
    ("parts", "is_complete"),
    [
        ([Response(data={}), Response(data={})], True),
        ([Response(data={}), Response(data=None)], False),
        ([Response(data={}), Response(data={}, is_complete=False)], False),
        ([Response(data={}), Response(body=b"raw")], True),
    ],
    ids=["documents", "null", "incomplete", "raw"],
)
def test_it_is_complete_when_every_part_is(parts, is_complete):
    assert union(parts, is_complete=True).is_complete is is_complete


def test_an_only_answer_keeps_its_fields_and_is_incomplete():
    joined = union([Response(data={"a": 1}, headers=Headers({"X-A": "1"}))], is_complete=False)
    assert (joined.data, joined.headers["x-a"], joined.is_complete) == ({"a": 1}, "1", False)


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (Timeout("late"), False),
        (RejectedError("no"), True),
        (Replied(Response()), True),
        (ZeroDivisionError(), True),
        (None, False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_more_than_a_backends_failure_ends_the_request(error, ends):
    assert ends_request(error) is ends


def test_queries_are_not_logged():
    assert without_query(Timeout("GET http://a/b?token=1 late")) == "GET http://a/b?… late"
