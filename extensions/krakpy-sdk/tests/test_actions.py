"""A Patch changes one message in order; what no message may hold is refused where it is said."""
from typing import Any

import pytest
from krakpy_sdk import ContractError, Headers, Patch, Query, Reply, Request, Response
from krakpy_sdk.actions import patched_request, patched_response

#: for what type checkers refuse already
Wrong: Any = Patch
WrongReply: Any = Reply
REQUEST = Request("GET", "/a", query=Query({"q": "1"}), headers=Headers({"X-One": "1"}), body=b"old")
RESPONSE = Response(headers=Headers({"X-One": "1"}), data={"user": {"name": "ann", "tags": ["x"]}})


async def nothing():
    return
    yield


def after(patch):
    return patched_request(REQUEST, patch)


@pytest.mark.parametrize(
    ("patch", "field", "value"),
    [
        (Patch().set_header("x-one", "2"), "headers", {"x-one": "2"}),
        (Patch().add_header("X-Two", "2"), "headers", {"x-one": "1", "x-two": "2"}),
        (Patch().remove_header("X-ONE"), "headers", {}),
        (Patch().set_query("q", "2"), "query", {"q": "2"}),
        (Patch().remove_query("q"), "query", {}),
        (Patch().set_method("put"), "method", "PUT"),
        (Patch().set_path("/b"), "path", "/b"),
        (Patch().set_body(b"new"), "body", b"new"),
        (Patch().set_json({"a": "é"}), "body", b'{"a":"\\u00e9"}'),
    ],
    ids=lambda value: value.changes[0][0] if isinstance(value, Patch) else "",
)
def test_a_patch_changes_a_request(patch, field, value):
    assert getattr(after(patch), field) == value


@pytest.mark.parametrize(
    ("patch", "field", "value"),
    [
        (Patch().set_status(404), "status", 404),
        (Patch().set_header("X-One", "2"), "headers", {"x-one": "2"}),
        (Patch().set_body(b"new"), "body", b"new"),
        (Patch().set_data("user.name", "bob"), "data", {"user": {"name": "bob", "tags": ["x"]}}),
        (Patch().set_data("a.b", 1), "data", {"user": {"name": "ann", "tags": ["x"]}, "a": {"b": 1}}),
        (Patch().set_data("user.name.first", "bob"), "data", {"user": {"name": {"first": "bob"}, "tags": ["x"]}}),
        (Patch().remove_data("user.name"), "data", {"user": {"tags": ["x"]}}),
        (Patch().remove_data("user.name.first"), "data", {"user": {"name": "ann", "tags": ["x"]}}),
        (Patch().remove_data("missing.name"), "data", {"user": {"name": "ann", "tags": ["x"]}}),
    ],
    ids=[
        "status", "header", "body", "a value", "objects on the way are made", "what is no object is replaced",
        "a value taken out", "nothing below a value", "nothing below what is absent",
    ],
)  # fmt: skip
def test_a_patch_changes_a_response(patch, field, value):
    assert getattr(patched_response(RESPONSE, patch), field) == value


def test_a_document_is_made_where_there_is_none():
    assert patched_response(Response(), Patch().set_data("a", 1)).data == {"a": 1}


def test_the_message_itself_stays_as_it_was():
    patched_response(RESPONSE, Patch().set_data("user.name", "bob").set_header("X-One", "2").remove_data("user.tags"))
    assert (RESPONSE.data, RESPONSE.headers) == ({"user": {"name": "ann", "tags": ["x"]}}, {"x-one": "1"})


def test_changes_are_made_in_their_order():
    assert after(Patch().add_header("X-One", "2").set_header("X-One", "3")).headers.getall("x-one") == ["3"]
    assert after(Patch().set_header("X-One", "3").add_header("X-One", "2")).headers.getall("x-one") == ["3", "2"]


def test_each_call_gives_a_new_patch():
    base = Patch().set_path("/b")
    base.set_path("/c")
    assert after(base).path == "/b"


def test_set_json_says_so_in_the_content_type():
    assert after(Patch().set_json([])).headers["Content-Type"] == "application/json"


def test_a_new_body_is_not_described_by_the_old_ones_headers():
    response = Response(headers=Headers({"Content-Length": "3", "Content-Encoding": "gzip"}), stream=nothing())
    changed = patched_response(response, Patch().set_body(b"longer"))
    assert (changed.headers, changed.stream) == ({"content-length": "6"}, None)


@pytest.mark.parametrize(
    ("apply", "message", "patch"),
    [
        (patched_request, Request(), Patch().set_status(200)),
        (patched_request, Request(), Patch().set_data("a", 1)),
        (patched_request, Request(), Patch().remove_data("a")),
        (patched_response, Response(), Patch().set_path("/")),
        (patched_response, Response(), Patch().set_method("GET")),
        (patched_response, Response(), Patch().set_query("a", "1")),
        (patched_response, Response(), Patch().remove_query("a")),
    ],
    ids=lambda value: value.changes[0][0] if isinstance(value, Patch) else "",
)
def test_a_change_that_the_message_cannot_take_is_a_breach(apply, message, patch):
    with pytest.raises(ContractError, match="does not apply to a"):
        apply(message, patch)


@pytest.mark.parametrize(
    "breach",
    [
        lambda: Wrong().set_header("X One", "1"),
        lambda: Wrong().set_header("", "1"),
        lambda: Wrong().set_header("X-One", "1\r\nX-Two: 2"),
        lambda: Wrong().set_header("X-One", "\x00"),
        lambda: Wrong().set_header("X-One", "€"),
        lambda: Wrong().set_header("X-One", 1),
        lambda: Wrong().add_header(b"X-One", "1"),
        lambda: Wrong().remove_header("X:One"),
        lambda: Wrong().set_query("a", 1),
        lambda: Wrong().remove_query(None),
        lambda: Wrong().set_method("GET /"),
        lambda: Wrong().set_method(None),
        lambda: Wrong().set_path("a"),
        lambda: Wrong().set_path("/a HTTP/1.1\r\nHost: b"),
        lambda: Wrong().set_path(b"/a"),
        lambda: Wrong().set_body("text"),
        lambda: Wrong().set_json({"a": object()}),
        lambda: Wrong().set_json(float("nan")),
        lambda: Wrong().set_status(199),
        lambda: Wrong().set_status(600),
        lambda: Wrong().set_status(True),
        lambda: Wrong().set_status("200"),
        lambda: Wrong().set_data("a", {1, 2}),
        lambda: Wrong().set_data(1, "a"),
        lambda: Wrong().remove_data(None),
        lambda: WrongReply(100),
        lambda: WrongReply(200, headers={"X": "1\n"}),
        lambda: WrongReply(200, headers=Headers({"X Y": "1"})),
        lambda: WrongReply(200, text=b"bytes"),
        lambda: WrongReply(200, body="text"),
        lambda: WrongReply(200, json=object()),
        lambda: WrongReply(200, text="a", json={}),
    ],
)
def test_what_no_message_may_hold_is_refused_when_it_is_said(breach):
    with pytest.raises(ContractError):
        breach()


@pytest.mark.parametrize(
    ("content", "body", "kind"),
    [
        ({}, b"", None),
        ({"body": b"\x00"}, b"\x00", None),
        ({"text": "œuf"}, "œuf".encode(), "text/plain; charset=utf-8"),
        ({"json": {"a": 1}}, b'{"a":1}', "application/json"),
        ({"json": []}, b"[]", "application/json"),
    ],
    ids=["nothing", "bytes", "text", "object", "empty list"],
)
def test_a_reply_has_one_content_and_its_type(content, body, kind):
    reply = Reply(200, **content)
    assert (reply.body, reply.headers.get("content-type")) == (body, kind)


def test_a_reply_keeps_the_content_type_that_its_author_gives():
    reply = Reply(403, headers={"content-type": "application/problem+json"}, json={})
    assert reply.headers.getall("Content-Type") == ["application/problem+json"]


def test_a_reply_cannot_be_changed():
    with pytest.raises(AttributeError):
        WrongReply(403).status = 200
