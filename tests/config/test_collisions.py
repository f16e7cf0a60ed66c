"""Endpoints that cannot be told apart are named in pairs."""

import pytest

from krakpy.codes import Code
from tests.config.sample import endpoint, service


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (endpoint("/a"), endpoint("/a")),
        (endpoint("/a"), endpoint("//a", method="get")),
        (endpoint("/a/{x}"), endpoint("/a/:x")),
        (endpoint("/a/{x}"), endpoint("/a/{y}")),
        (endpoint("/a/{x}"), endpoint("/a/{y}/z")),
        (endpoint("/x/{a}"), endpoint("/x/{a}.json")),
    ],
    ids=str,
)
def test_the_second_of_two_is_refused_with_the_place_of_the_first(refusal, first, second):
    (problem,) = refusal(service(first, second))
    assert (problem.code, problem.place) == (Code.CONFLICT, "endpoints[1].endpoint")
    assert "endpoints[0].endpoint" in problem.message


@pytest.mark.parametrize(
    "endpoints",
    [
        (endpoint("/a"), endpoint("/a", method="POST")),
        (endpoint("/a"), endpoint("/a/")),
        (endpoint("/a/{x}"), endpoint("/a/b")),
        (endpoint("/a/{x}"), endpoint("/b/{y}")),
        (endpoint("/a/{x}"), endpoint("/a/{y}", method="POST")),
        (endpoint("/a/b/{y}"), endpoint("/a/{x}/{z}")),
    ],
    ids=str,
)
def test_endpoints_that_differ_are_served(loading, endpoints):
    assert len(loading(service(*endpoints)).settings.endpoints) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (endpoint("/f.{x}"), endpoint("/f.{x}")),
        (endpoint("/f.{x}"), endpoint("/f.{y}")),
        (endpoint("/f.{x}"), endpoint("/f.{y}/z")),
        (endpoint("/f.{x}"), endpoint("/f.{x}.json")),
    ],
    ids=str,
)
def test_parameters_behind_the_same_text_collide_like_others(refusal, first, second):
    (problem,) = refusal(service(first, second, disable_rest=True))
    assert (problem.code, problem.place) == (Code.CONFLICT, "endpoints[1].endpoint")


def test_parameters_behind_different_texts_do_not_collide(loading):
    paths = ("/f.{x}", "/f.t{y}", "/{z}", "/f.txt")
    assert loading(service(*map(endpoint, paths), disable_rest=True)).settings.endpoints


@pytest.mark.parametrize(
    ("path", "router"), [("/alive", {"health_path": "/alive"}), ("/alive", {"health_path": "alive"})]
)
def test_the_path_of_the_health_check_is_taken(refusal, path, router):
    (problem,) = refusal(service(endpoint(path), extra_config={"router": router}))
    assert problem.code is Code.CONFLICT
    assert "extra_config.router.health_path" in problem.message


def test_the_path_of_a_health_check_that_is_off_is_free(loading):
    router = {"health_path": "/alive", "disable_health": True}
    assert loading(service(endpoint("/alive"), extra_config={"router": router})).settings.endpoints
