"""The endpoint handler forwards, bounds the time, and writes what the endpoint answers."""
import asyncio
import json

import pytest
from krakpy_sdk import BadStatus, Headers, RejectedError, Request, Response, Timeout
from krakpy_sdk.testing import answers

from krakpy import __version__
from krakpy.codes import Code
from krakpy.config.model import Backend, Endpoint, Service
from krakpy.config.settings import resolve
from krakpy.direct import Flow
from krakpy.errors import ExtensionError, Problem, Replied
from krakpy.router.handler import EndpointHandler, UnavailableEndpoint
from krakpy.router.headers import RawHeaders
from tests.router.services import endpoint, service

VERSION = f"Version {__version__}"
PROBLEM = Problem(Code.CALL_RAISED, "endpoints[0]", "acme-geo raised")
ASKED = Request(path="/a", headers=RawHeaders.received([(b"host", b"gw.test"), (b"x-one", b"1")]), client_ip="5.5.5.5")


class Renderer:
    """Writes the document, and keeps the fields that a response has."""

    def render(self, request, response):
        headers = response.headers.add("Content-Type", "application/json")
        return response.replace(body=json.dumps(response.data).encode(), headers=headers)


def handler(*script, router=(), settings=None, **changes):
    """A handler before an endpoint that gives these answers in turn."""
    settings = settings or endpoint(**changes)
    renderer = None if settings.is_no_op else Renderer()
    return EndpointHandler(service(**dict(router)), settings, answers(*script), renderer)


async def answered(*script, **options):
    return await handler(*script, **options)(ASKED)


def pairs(response):
    return sorted((name.lower(), value) for name, value in response.headers.pairs)


def signed(completed, **fields):
    fields = {name.replace("_", "-"): value for name, value in fields.items()}
    return sorted({"x-krakend": VERSION, "x-krakend-completed": completed, **fields}.items())


async def test_a_document_is_rendered():
    response = await answered(Response(data={"a": 1}))
    assert (response.status, response.body) == (200, b'{"a": 1}')
    assert pairs(response) == signed("true", content_type="application/json")


@pytest.mark.parametrize(
    ("response", "body", "completed"),
    [
        (Response(data={"a": 1}, is_complete=False), b'{"a": 1}', "false"),
        (Response(data={}), b"{}", "false"),
        (Response(), b"null", "false"),
    ],
    ids=["incomplete", "empty", "none"],
)
async def test_an_incomplete_or_empty_document_is_not_complete(response, body, completed):
    answer = await answered(response, cache_ttl_s=60.0)
    assert (answer.body, pairs(answer)) == (body, signed(completed, content_type="application/json"))


@pytest.mark.parametrize(("ttl", "value"), [(5400.0, "5400"), (0.5, "0"), (90.5, "90")])
async def test_a_complete_document_may_be_cached_for_whole_seconds(ttl, value):
    answer = await answered(Response(data={"a": 1}), cache_ttl_s=ttl)
    assert answer.headers["Cache-Control"] == f"public, max-age={value}"


async def test_the_fields_of_a_document_are_added():
    answer = await answered(Response(data={"a": 1}, headers=Headers({"X-A": "1", "X-Krakend": "mine"})))
    assert answer.headers.getall("X-Krakend") == [VERSION, "mine"]
    assert answer.headers["x-a"] == "1"


async def test_the_fields_of_an_empty_document_are_dropped():
    assert "X-A" not in (await answered(Response(data={}, headers=Headers({"X-A": "1"})))).headers


async def test_the_status_that_an_extension_sets_is_kept():
    assert (await answered(Response(201, data={"a": 1}))).status == 201


async def test_the_version_can_be_hidden():
    answer = await answered(Response(data={"a": 1}), router={"hide_version_header": True})
    assert answer.headers["X-Krakend"] == "Version undefined"


async def test_the_endpoint_gets_what_is_listed_and_a_deadline():
    asked = answers(Response(data={"a": 1}))
    await EndpointHandler(service(), endpoint(timeout_s=2.0, input_headers=("X-One",)), asked, Renderer())(ASKED)
    [request] = asked.requests
    assert request.headers["X-One"] == "1"
    assert request.headers["X-Forwarded-For"] == "5.5.5.5"
    assert request.deadline == pytest.approx(asyncio.get_running_loop().time() + 2.0, abs=0.5)


@pytest.mark.parametrize(
    ("error", "status"),
    [(BadStatus("bad", backend_status=404), 500), (RejectedError("no", status=400), 400)],
    ids=["backend", "client"],
)
async def test_an_error_is_answered_with_its_status_and_without_a_body(error, status):
    answer = await answered(error)
    assert (answer.status, answer.body, pairs(answer)) == (status, b"", signed("false"))


async def test_an_error_can_be_shown():
    answer = await answered(Timeout("late"), router={"return_error_msg": True})
    assert (answer.body, pairs(answer)) == (b"late", signed("false", content_type="text/plain; charset=utf-8"))


async def test_an_extensions_failure_is_a_problem_document():
    answer = await answered(ExtensionError(PROBLEM, instance="geo", status=502))
    assert (answer.status, answer.json()["code"]) == (502, "KX050")
    assert pairs(answer) == signed("false", content_type="application/problem+json")


async def test_a_defect_is_not_the_handlers_to_answer():
    with pytest.raises(KeyError):
        await answered(KeyError("x"))


async def test_an_endpoint_that_takes_too_long_is_answered_for():
    never = asyncio.get_running_loop().create_future()
    answer = await answered(never, timeout_s=0.01, router={"return_error_msg": True})
    assert (answer.status, answer.body, never.cancelled()) == (500, b"context deadline exceeded", True)


async def test_a_client_that_goes_away_ends_the_endpoints_work():
    never = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(answered(never))
    while not handler_waits(never):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert never.cancelled()


def handler_waits(future):
    return bool(future._callbacks)


async def test_a_reply_of_a_hook_passes_as_it_is():
    reply = Response(403, headers=Headers({"Content-Type": "text/x", "X-A": "1"}), body=b"no")
    for answer in (await answered(reply), await answered(Replied(reply))):
        assert (answer.status, answer.body) == (403, b"no")
        assert pairs(answer) == signed("false", content_type="text/x", x_a="1")


def mixed():
    """An endpoint that renders, with a backend that does not decode."""
    backend = Backend(url_pattern="/b", host=("http://b.test",), encoding="no-op")
    return resolve(Service(endpoints=(Endpoint(endpoint="/a", backend=(backend,)),))).endpoints[0]


class Stream:
    """A body in pieces, which may break off; notes that it was closed."""

    def __init__(self, *pieces, error=None, waits=False):
        self._pieces = iter(pieces)
        self._error = error
        self._waits = waits
        self.is_closed = False

    def __aiter__(self):
        return self

    async def __anext__(self):
        for piece in self._pieces:
            return piece
        if self._waits:
            await asyncio.get_running_loop().create_future()
        raise self._error or StopAsyncIteration

    async def aclose(self):
        self.is_closed = True


async def test_a_raw_answer_is_an_empty_document_where_documents_are_rendered():
    stream = Stream(b"x")
    for raw in (Response(body=b"x", headers=Headers({"X-A": "1"})), Response(404, stream=stream)):
        answer = await answered(raw, settings=mixed())
        assert (answer.status, answer.body) == (200, b"{}")
        assert pairs(answer) == signed("false", content_type="application/json")
    assert stream.is_closed


async def test_a_refusal_is_not_mistaken_for_a_raw_answer():
    assert (await answered(Response(403, body=b"no"), settings=mixed())).status == 403


async def test_no_op_passes_status_fields_and_body():
    fields = [("content-type", "text/x"), ("set-cookie", "a"), ("set-cookie", "b"), ("x-krakend", "Version 9")]
    upstreams = Response(410, headers=Headers([*fields, ("Trailer", "x")]), body=b"gone")
    answer = await answered(upstreams, is_no_op=True, cache_ttl_s=60.0)
    assert (answer.status, answer.body) == (410, b"gone")
    assert pairs(answer) == sorted([*signed("false"), *fields])


async def test_no_op_with_data_is_complete():
    answer = await answered(Response(data={"a": 1}, body=b"x"), is_no_op=True)
    assert answer.headers["X-Krakend-Completed"] == "true"


async def test_no_op_streams_the_body():
    streamed = Response(headers=Headers({"Content-Type": "text/x"}), stream=Stream(b"a", b"b"))
    answer = await answered(streamed, is_no_op=True)
    assert (answer.body, [piece async for piece in answer.stream]) == (None, [b"a", b"b"])


@pytest.mark.parametrize("is_streamed", [False, True], ids=["body", "stream"])
async def test_no_op_tells_what_a_body_is_where_the_upstream_does_not(is_streamed):
    body = {"stream": Stream(b"<p>x")} if is_streamed else {"body": b"<p>x"}
    answer = await answered(Response(**body), is_no_op=True)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "response",
    [
        Response(headers=Headers({"Content-Encoding": "br"}), body=b"<p>x"),
        Response(body=b""),
        Response(304, stream=Stream(b"x")),
        Response(stream=Stream()),
    ],
    ids=["encoded", "empty", "bodiless", "empty-stream"],
)
async def test_no_op_says_nothing_of_a_body_that_cannot_be_told(response):
    assert "Content-Type" not in (await answered(response, is_no_op=True)).headers


async def test_no_op_without_body_has_an_empty_one():
    assert (await answered(Response(204), is_no_op=True)).body == b""


class Flowing(Flow):
    """A body from an upstream, with this beginning, that breaks off by itself at some time."""

    def __init__(self, until, *, beginning=b""):
        self.until = until
        self._beginning = beginning
        self._pieces = [b"<p>x"]

    async def __anext__(self):
        if not self._pieces:
            raise StopAsyncIteration
        return self._pieces.pop()

    def beginning(self):
        return self._beginning

    def pour(self, outlet):
        """Nobody asks for it."""

    def go_on(self):
        """Nor for this."""

    def close(self):
        """Nor for this."""


@pytest.mark.parametrize(
    ("after_s", "fields", "beginning", "is_same"),
    [
        pytest.param(0, {"Content-Type": "text/html; charset=utf-8"}, b"", True, id="ends by itself"),
        pytest.param(0, {}, b"<p>x", True, id="its beginning is there"),
        pytest.param(0, {}, b"", False, id="its beginning is waited for"),
        pytest.param(60, {"Content-Type": "text/html; charset=utf-8"}, b"", False, id="would be too late"),
    ],
)
async def test_a_body_that_keeps_the_time_is_passed_on_as_it_is(after_s, fields, beginning, is_same):
    until = asyncio.get_running_loop().time() + after_s
    flow = Flowing(until, beginning=beginning)
    answer = await answered(Response(headers=Headers(fields), stream=flow), is_no_op=True, timeout_s=30)
    assert (answer.stream is flow) == is_same
    assert dict(pairs(answer))["content-type"] == "text/html; charset=utf-8"
    assert [piece async for piece in answer.stream] == [b"<p>x"]


async def test_the_time_of_an_endpoint_holds_for_a_streamed_body():
    streamed = Response(headers=Headers({"Content-Type": "text/x"}), stream=Stream(b"a", waits=True))
    answer = await answered(streamed, is_no_op=True, timeout_s=0.01)
    assert await anext(answer.stream) == b"a"
    with pytest.raises(Timeout):
        await anext(answer.stream)


async def test_an_upstream_that_breaks_before_the_first_piece_is_a_failure():
    answer = await answered(Response(stream=Stream(error=Timeout("cut"))), is_no_op=True)
    assert (answer.status, pairs(answer)) == (500, signed("false"))


async def test_an_endpoint_with_nobody_to_ask_is_a_bare_500():
    answer = await UnavailableEndpoint(None)(ASKED)
    assert (answer.status, answer.body, answer.headers) == (500, b"", {})


async def test_an_unavailable_endpoint_always_says_so():
    answer = await UnavailableEndpoint(PROBLEM)(ASKED)
    assert (answer.status, answer.json()["code"]) == (503, "KX050")
    assert answer.headers["Content-Type"] == "application/problem+json"
