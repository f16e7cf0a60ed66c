"""What no route matches is redirected, or answered 405 or 404, as KrakenD does it."""
import json

import pytest

from krakpy import __version__
from tests.router.client import ask, get
from tests.router.services import app

PATHS = (
    "/static", "/nested/deep/path", "/users/{id}", "/trail/", "/multi", "POST /multi", "DELETE /multi",
    "/CaseSensitive", "/{any}/leaf", "/{any}/{other}/leaf",
)
VERSION = f"Version {__version__}"


def table(*rows):
    return pytest.mark.parametrize(("target", "location"), rows, ids=[target for target, _ in rows])


@table(
    ("/static/", "/static"),
    ("/trail", "/trail/"),
    ("/static/?a=1&b=2", "/static?a=1&b=2"),
    ("/STATIC", "/static"),
    ("/casesensitive", "/CaseSensitive"),
    ("//static", "/static"),
    ("/nested//deep/path", "/nested/deep/path"),
    ("/nested/./deep/path", "/nested/deep/path"),
    ("/nested/x/../deep/path", "/nested/deep/path"),
    ("/USERS/Ann/", "/users/Ann"),
    ("/users/a%20b/", "/users/a%20b"),
    ("/users/a%22%3Cb/", "/users/a%22%3Cb"),
    ("/users/%C3%A9/", "/users/%C3%A9"),
    ("/__health/", "/__health"),
)
async def test_a_get_is_redirected_to_the_path_that_was_meant(target, location):
    answer = await get(app(*PATHS), target)
    assert (answer.status, answer.header("location")) == (301, location)


async def test_a_redirect_of_get_has_a_line_of_html_and_no_fields_of_the_gateway():
    answer = await get(app(*PATHS), "/static/?a=1&b='\"<")
    assert answer.body == b'<a href="/static?a=1&amp;b=&#39;&#34;&lt;">Moved Permanently</a>.\n\n'
    assert [name for name, _ in answer.headers] == ["content-type", "location", "content-length"]
    assert answer.header("content-type") == "text/html; charset=utf-8"


async def test_another_method_is_redirected_with_307_and_without_a_body():
    answer = await ask(app(*PATHS), "POST", "/multi/", [], b"x=1")
    assert (answer.status, answer.headers, answer.body) == (307, [("location", "/multi"), ("content-length", "0")], b"")


@pytest.mark.parametrize(
    ("prefix", "location"),
    [
        ("/api", "/api/static"),
        ("api/", "/api/static"),
        ("//evil.test/x", "/eviltest/x/static"),
        ("/\\evil", "/evil/static"),
        ("/", "/static"),
        ("", "/static"),
        ("?#", "/static"),
    ],
)
async def test_a_slash_is_mended_behind_a_prefix_of_plain_characters(prefix, location):
    answer = await get(app(*PATHS), "/static/", [("x-forwarded-prefix", prefix)])
    assert answer.header("location") == location


@pytest.mark.parametrize(
    "target", ["//evil.test/leaf/", "//evil.test/LEAF", "/%5Cevil.test/leaf/", "/.//evil.test/leaf/"]
)
async def test_a_location_never_names_another_host(target):
    answer = await get(app(*PATHS), target)
    assert answer.status == 301
    assert not (answer.header("location") or "").startswith(("//", "/\\"))


@pytest.mark.parametrize(
    "target", ["/nope", "/", "/nested/deep", "/users/", "/static%23frag", "/users/a%2Fb", "/__debug/x", "*", "http://other/static"]
)
async def test_an_unknown_path_is_404(target):
    answer = await get(app(*PATHS), target)
    assert (answer.status, answer.body) == (404, b"404 page not found")
    assert answer.headers == [
        ("content-type", "text/plain"),
        ("x-krakend", VERSION),
        ("x-krakend-completed", "false"),
        ("content-length", "18"),
    ]


@pytest.mark.parametrize("method", ["PUT", "HEAD", "OPTIONS", "BREW", "get", "WEBSOCKET"])
async def test_a_method_that_the_path_does_not_have_is_405_with_those_that_it_has(method):
    answer = await ask(app(*PATHS), method, "/multi")
    assert (answer.status, answer.header("allow")) == (405, "GET, POST, DELETE")
    assert (answer.header("x-krakend"), answer.header("x-krakend-completed")) == (VERSION, "false")
    assert answer.body == (b"" if method == "HEAD" else b"405 method not allowed")


async def test_a_method_that_a_path_with_a_parameter_does_not_have_is_405():
    assert (await ask(app(*PATHS), "POST", "/users/1")).header("allow") == "GET"


async def test_the_health_check_is_for_get():
    assert (await ask(app(*PATHS), "POST", "/__health")).header("allow") == "GET"


async def test_the_404_and_405_may_have_documents_of_their_own():
    made = app("/a", error_body={"404": {"msg": "<nothing>", "code": 404}, "405": "just text"})
    missing, refused = await get(made, "/none"), await ask(made, "PUT", "/a")
    assert missing.body == b'{"code":404,"msg":"\\u003cnothing\\u003e"}'
    assert missing.header("content-type") == "application/json; charset=utf-8"
    assert (json.loads(refused.body), refused.header("allow")) == ("just text", "GET")


async def test_the_version_can_be_hidden():
    assert (await get(app(hide_version_header=True), "/none")).header("x-krakend") == "Version undefined"


async def test_a_wrong_method_can_be_404():
    assert (await ask(app("/a", disable_handle_method_not_allowed=True), "POST", "/a")).status == 404


@pytest.mark.parametrize("target", ["/a/b/", "/A/B", "/a//b"])
async def test_redirects_can_be_switched_off(target):
    made = app("/a/b", disable_redirect_trailing_slash=True, disable_redirect_fixed_path=True)
    assert (await get(made, target)).status == 404


@pytest.mark.parametrize("target", ["/a/b/", "/A/b"])
async def test_the_fixed_path_mends_slashes_too(target):
    answer = await get(app("/a/b", disable_redirect_trailing_slash=True), target)
    assert (answer.status, answer.header("location")) == (301, "/a/b")


@pytest.mark.parametrize(("target", "status"), [("/a/b/", 301), ("/A/b", 404), ("//a/b", 404)])
async def test_slashes_alone_can_be_mended(target, status):
    assert (await get(app("/a/b", disable_redirect_fixed_path=True), target)).status == status


async def test_the_root_is_never_redirected():
    assert (await get(app("/{any}"), "/")).status == 404


@pytest.mark.parametrize("target", ["//", "//x"])
async def test_doubled_slashes_at_the_root_are_redirected(target):
    answer = await get(app("/", "/{any}"), target)
    assert (answer.status, answer.header("location")) == (301, target[1:])
