"""Paths of endpoints: what the router can serve, and under which path."""

import pytest

from krakpy.config import routes


@pytest.mark.parametrize(
    ("written", "path", "parameters"),
    [
        ("/a", "/a", ()),
        ("a", "/a", ()),
        ("//a", "/a", ()),
        ("/", "/", ()),
        ("/a/", "/a/", ()),
        ("/a//b/./c/../d", "/a/b/d", ()),
        ("/__debugx", "/__debugx", ()),
        ("/__stats", "/__stats", ()),
        ("/__catchall", "/__catchall", ()),
        ("/users/{id}/{x-y_Z9}", "/users/{id}/{x-y_Z9}", ("id", "x-y_Z9")),
        ("/a/:id", "/a/{id}", ("id",)),
        ("/x/{a}.json", "/x/{a.json}", ("a",)),
    ],
)
def test_a_route_is_the_cleaned_path_and_its_parameters(written, path, parameters):
    assert routes.parse(written) == routes.Route(path, parameters)


@pytest.mark.parametrize(
    ("written", "path", "parameters"),
    [
        ("/a/{id}", "/a/{id}", ("id",)),
        ("/a/:id", "/a/{id}", ("id",)),
        ("/file.{ext}", "/file.{ext}", ("ext",)),
        ("/a-{x.y}/b_{z}", "/a-{x.y}/b_{z}", ("x.y", "z")),
        ("/a/{x}.json", "/a/{x.json}", ("x",)),
        ("/a/v{x}.json", "/a/v{x.json}", ("x",)),
        ("/plain.txt", "/plain.txt", ()),
    ],
)
def test_without_rest_a_parameter_may_stand_behind_a_text(written, path, parameters):
    assert routes.parse(written, is_rest=False) == routes.Route(path, parameters)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("/{a}{b}", "not more"),
        ("/{a}-{b}", "not more"),
        ("/x{a}:b", "not more"),
        ("/a:b", "a segment is"),
        ("/x:{a}", "not more"),
        ("/{a/b}", "a segment is"),
        ("/{a:b}", "a segment is"),
        ("/{é}", "a segment is"),
        ("/{}", "a segment is"),
        ("/f.{x}/{x}", "twice"),
        ("/u/{JWT.sub}", "claim of a token"),
    ],
)
def test_without_rest_too_a_segment_has_one_parameter_that_has_a_name(written, reason):
    with pytest.raises(ValueError, match=reason):
        routes.parse(written, is_rest=False)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "is empty"),
        ("/__debug", "reserved"),
        ("/__echo/", "reserved"),
        ("/a/__health", "reserved"),
        ("__health", "reserved"),
        ("/a/*", "Enterprise"),
        ("/a/*b", "Enterprise"),
        ("/a?x=1", r"without '\?'"),
        ("/a#b", "without '#'"),
        ("/a%20b", "without '%'"),
        ("/a/{x y}", "a segment is"),
        ("/file.{ext}", "a segment is"),
        ("/a:b", "a segment is"),
        ("/a/:", "a segment is"),
        ("/{a}{b}", "not more"),
        ("/{a}:b", "not more"),
        ("/{x}/{x}", "twice"),
    ],
)
def test_what_the_router_cannot_serve_is_refused_with_the_reason(written, reason):
    with pytest.raises(ValueError, match=reason):
        routes.parse(written)


def test_the_shape_forgets_the_names_of_parameters():
    assert routes.shape(routes.parse("/a/{x}/f.{y}", is_rest=False)) == ("a", "{}", "f.{}")


@pytest.mark.parametrize(("path", "cleaned"), [("x", "/x"), ("/x", "/x"), ("//x", "//x"), ("", "/")])
def test_a_url_pattern_gets_the_slash_that_it_lacks(path, cleaned):
    assert routes.with_slash(path) == cleaned
