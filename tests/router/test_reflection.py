"""What a request looks like, in the log and in the answer."""
import json
import logging

import msgspec
import pytest

from krakpy.router.pipeline import build
from krakpy.router.reflection import MAX_BODY_BYTES, METHODS
from tests.router.client import ask, get
from tests.router.services import service


def app(**endpoints):
    return build(msgspec.structs.replace(service(), **endpoints), [])


@pytest.mark.parametrize("method", METHODS)
async def test_the_debug_endpoint_answers_pong_to_every_method(method):
    answer = await ask(app(debug_endpoint=True), method, "/__debug/any/thing?x=1")
    assert (answer.status, answer.body) == (200, b"" if method == "HEAD" else b'{"message":"pong"}')


async def test_the_debug_endpoint_without_its_slash_redirects():
    answer = await get(app(debug_endpoint=True), "/__debug")
    assert (answer.status, answer.header("location")) == (301, "/__debug/")


@pytest.mark.parametrize("path", ["/__debug/x", "/__echo/x"])
async def test_neither_is_there_unless_it_is_asked_for(path):
    assert (await get(app(), path)).status == 404


async def test_the_debug_endpoint_logs_the_request_and_no_secret(caplog):
    caplog.set_level(logging.DEBUG, logger="krakpy.debug")
    await ask(app(debug_endpoint=True), "POST", "/__debug/x?a=1", [("x-a", "1")], b"body")
    [fields] = [record.fields for record in caplog.records]
    assert (fields["method"], fields["query"], fields["body"]) == ("POST", "a=1", "body")
    assert fields["headers"]["X-A"] == ["1"]


async def test_the_echo_endpoint_shows_the_request():
    fields = [("x-abc", "1"), ("x-abc", "2"), ("content-type", "text/plain")]
    answer = await ask(app(echo_endpoint=True), "POST", "/__echo/a%20b?b=2&a=1&a=0", fields, b"k", b"v")
    shown = json.loads(answer.body)
    assert list(shown) == [
        "req_uri", "req_uri_details", "req_method", "req_querystring", "req_body", "req_headers",
    ]
    assert shown["req_uri"] == "/__echo/a%20b?b=2&a=1&a=0"
    assert shown["req_uri_details"] == {
        "user": "", "host": "gw.test", "path": "/__echo/a b", "query": "a=1&a=0&b=2", "fragment": "",
    }
    assert (shown["req_method"], shown["req_body"]) == ("POST", "kv")
    assert shown["req_querystring"] == {"a": ["1", "0"], "b": ["2"]}
    assert shown["req_headers"] == {"Content-Length": ["2"], "Content-Type": ["text/plain"], "X-Abc": ["1", "2"]}


async def test_no_more_than_a_part_of_a_large_body_is_shown():
    answer = await ask(app(echo_endpoint=True), "POST", "/__echo/x", [], b"x" * MAX_BODY_BYTES, b"more")
    assert len(json.loads(answer.body)["req_body"]) == MAX_BODY_BYTES
