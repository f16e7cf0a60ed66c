"""Hooks of the service see every request before it is routed and every answer before it leaves."""
import asyncio
import json
from typing import Any

import pytest
from krakpy_sdk import Patch, RejectedError, Reply
from krakpy_sdk.testing import server_settings

from krakpy.bodies import MAX_BODY_BYTES
from krakpy.errors import ExtensionError
from krakpy.server.hooks import ServerHooks
from tests.extension.instances import guard, hook

SCOPE = {
    "type": "http", "method": "GET", "path": "/a b", "raw_path": b"/a%20b", "query_string": b"x=1",
    "headers": [(b"host", b"a.test")], "client": ("192.0.2.1", 5000),
}  # fmt: skip


class Sent(list):
    """The messages of an answer."""

    async def __call__(self, message):
        self.append(message)

    @property
    def status(self):
        return self[0]["status"]

    @property
    def headers(self):
        return dict(self[0]["headers"])

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self[1:])


class App:
    """What the hooks wrap: remembers what it was asked, and answers in two pieces."""

    def __init__(self, *pieces, status=200, headers=()):
        self.pieces = pieces or (b"he", b"llo")
        self.start = {"type": "http.response.start", "status": status, "headers": list(headers)}
        self.scope: dict[str, Any] = {}
        self.body: list[Any] = []

    async def __call__(self, scope, receive, send):
        self.scope = scope
        self.body = [await receive(), await receive()]
        await send(dict(self.start))
        for index, piece in enumerate(self.pieces, 1):
            await send({"type": "http.response.body", "body": piece, "more_body": index < len(self.pieces)})


def arriving(*pieces, then="http.disconnect"):
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    turns = iter([*messages, {"type": "http.request"}])

    async def receive():
        return next(turns, {"type": then})

    return receive


async def ask(app, *hooks, scope=SCOPE, pieces=(b"bo", b"dy")):
    sent = Sent()
    await ServerHooks(server_settings(hooks=hooks), app)(scope, arriving(*pieces), sent)
    return sent


def changing(patch, name="http_request", **members):
    return hook(**{name: lambda self: patch}, **members)


async def test_without_a_change_the_scope_and_the_messages_pass_as_they_are():
    app = App()
    sent = await ask(app, changing(None))
    assert app.scope is SCOPE
    assert [message["body"] for message in app.body] == [b"bo", b"dy"]
    assert (sent.status, sent.body) == (200, b"hello")


async def test_other_protocols_pass_untouched():
    scope = {"type": "websocket"}
    app = App()
    await ask(app, changing(Reply(403)), scope=scope)
    assert app.scope is scope


async def test_a_hook_sees_the_request_as_it_came():
    seen = []
    await ask(App(), hook(http_request=lambda self, request: seen.append(request)))
    [request] = seen
    assert (request.method, request.path, request.query["x"], request.headers["Host"]) == ("GET", "/a b", "1", "a.test")
    assert (request.client_ip, request.body) == ("192.0.2.1", None)


async def test_a_client_without_an_address_has_none():
    seen = []
    await ask(App(), hook(http_request=lambda self, request: seen.append(request)), scope=SCOPE | {"client": None})
    assert seen[0].client_ip == ""


@pytest.mark.parametrize(
    ("patch", "changed"),
    [
        (Patch().set_method("post"), {"method": "POST"}),
        (Patch().set_path("/ü d"), {"path": "/ü d", "raw_path": b"/%C3%BC%20d"}),
        (Patch().set_query("y", "é"), {"query_string": b"x=1&y=%C3%A9"}),
        (Patch().set_header("X-A", "1"), {"headers": [(b"host", b"a.test"), (b"x-a", b"1")]}),
        (Patch().set_body(b"new"), {"headers": [(b"host", b"a.test"), (b"content-length", b"3")]}),
    ],
    ids=["method", "path", "query", "header", "body"],
)
async def test_the_application_sees_what_the_hooks_changed(patch, changed):
    app = App()
    await ask(app, changing(patch))
    assert app.scope == SCOPE | changed


async def test_a_body_that_a_hook_put_in_its_place_is_what_the_application_reads():
    app = App()
    headers = [(b"transfer-encoding", b"chunked")]
    await ask(app, changing(Patch().set_body(b"new")), scope=SCOPE | {"headers": headers}, pieces=())
    assert app.body[0] == {"type": "http.request", "body": b"new", "more_body": False}
    assert app.scope["headers"] == [(b"content-length", b"3")]


async def test_a_body_that_a_hook_asked_for_is_read_once_and_passed_on():
    app, seen = App(), []
    await ask(app, hook(body="buffer", http_request=lambda self, request: seen.append(request.body)))
    assert seen == [b"body"]
    assert app.body == [{"type": "http.request", "body": b"body", "more_body": False}, {"type": "http.disconnect"}]


async def test_a_body_that_is_not_there_is_no_body():
    seen, app = [], App()
    reader = hook(body="buffer", http_request=lambda self, request: seen.append(request.body))
    proxy = ServerHooks(server_settings(hooks=[reader]), app)

    async def receive():
        return {"type": "http.disconnect"}

    await proxy(SCOPE, receive, Sent())
    assert (seen, app.scope) == ([b""], SCOPE)


async def test_a_reply_ends_the_request_before_it_is_routed():
    app = App()
    sent = await ask(app, changing(Reply(403, json={"error": "blocked"})))
    assert (sent.status, json.loads(sent.body), app.scope) == (403, {"error": "blocked"}, {})
    assert sent.headers[b"content-length"] == str(len(sent.body)).encode()


async def test_the_last_listed_sees_the_request_first_and_the_answer_last():
    order = []

    def tracing(name):
        return hook(
            http_request=lambda self: order.append(f"request {name}"),
            http_response=lambda self: order.append(f"response {name}"),
        )

    await ask(App(), tracing("inner"), tracing("outer"))
    assert order == ["request outer", "request inner", "response inner", "response outer"]


async def test_an_answer_is_changed_on_its_way_out():
    patch = Patch().set_status(201).set_header("X-A", "1")
    sent = await ask(App(headers=[(b"content-length", b"5")]), changing(patch, "http_response"))
    assert (sent.status, sent.body) == (201, b"hello")
    assert sent.headers == {b"content-length": b"5", b"x-a": b"1"}


async def test_a_reply_passes_the_hooks_of_answers_too():
    sent = await ask(App(), changing(Reply(403)), changing(Patch().set_header("X-A", "1"), "http_response"))
    assert (sent.status, sent.headers[b"x-a"]) == (403, b"1")


async def test_a_replaced_body_takes_the_place_of_what_the_application_sends():
    sent = await ask(App(headers=[(b"content-length", b"5")]), changing(Patch().set_body(b"new"), "http_response"))
    assert (sent.body, sent.headers[b"content-length"]) == (b"new", b"3")


async def test_a_hook_that_asks_for_the_answers_body_gets_it_whole():
    seen = []
    reader = hook(body="buffer", http_response=lambda self, response: seen.append((response.status, response.body)))
    sent = await ask(App(status=201), reader)
    assert seen == [(201, b"hello")]
    assert (sent.status, sent.body, sent.headers) == (201, b"hello", {})


async def test_the_length_of_an_answer_without_a_body_stays_what_it_is():
    """An answer to HEAD says how long the body would be (RFC 9110 §8.6)."""
    reader = changing(None, "http_response", body="buffer")
    sent = await ask(App(b"", headers=[(b"content-length", b"123")]), reader, scope=SCOPE | {"method": "HEAD"})
    assert (sent.headers[b"content-length"], sent.body) == (b"123", b"")


async def test_log_sees_what_was_answered_after_the_answer():
    seen = []
    log = hook(log=lambda self, request, response: seen.append((request.headers["x-a"], response.status)))
    await ask(App(), log, changing(Patch().set_header("X-A", "1")), changing(Patch().set_status(202), "http_response"))
    assert seen == []
    await asyncio.sleep(0)
    assert seen == [("1", 202)]


FAILURES = {
    "X-13 in the request": (lambda self: 1 / 0, "http_request", {}, 500),
    "X-14 exit in the request": (lambda self: exit(1), "http_request", {}, 500),
    "X-27 in the request": (lambda self: 5, "http_request", {}, 502),
    "X-13 in the answer": (lambda self: 1 / 0, "http_response", {}, 500),
    "X-13 with the body": (lambda self: 1 / 0, "http_response", {"body": "buffer"}, 500),
}


@pytest.mark.parametrize(("fail", "name", "members", "status"), FAILURES.values(), ids=FAILURES)
async def test_a_hook_that_fails_is_answered_with_a_problem_that_names_no_internals(fail, name, members, status):
    app = App()
    sent = await ask(app, hook(**{name: fail}, **members))
    assert (sent.status, sent.headers[b"content-type"]) == (status, b"application/problem+json")
    assert set(json.loads(sent.body)) == {"type", "title", "status", "code"}
    assert (app.scope == {}) is (name == "http_request"), "nothing gets past a hook of requests that failed"


async def test_a_hook_may_refuse():
    sent = await ask(App(), hook(http_request=lambda self: (_ for _ in ()).throw(RejectedError("who?", status=401))))
    assert sent.status == 401


@pytest.mark.parametrize(
    ("pieces", "app", "status"),
    [((b"x" * MAX_BODY_BYTES, b"x"), App(), 413), ((), App(b"x" * MAX_BODY_BYTES, b"x"), 500)],
    ids=["of a client", "of the application"],
)
async def test_a_body_is_read_up_to_a_limit(pieces, app, status):
    greedy = hook(body="buffer", http_request=lambda self: None, http_response=lambda self: None)
    assert (await ask(app, greedy, pieces=pieces)).status == status


async def test_an_answer_that_has_begun_is_broken_off():
    async def app(scope, receive, send):
        await App()(scope, receive, send)
        raise guard().failed(ValueError("no"), "call")

    with pytest.raises(ExtensionError):
        await ask(app, changing(None, "http_response"))
