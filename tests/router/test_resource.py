"""A resource reads the client's request and writes the endpoint's answer, whatever happens."""
import asyncio

import pytest
from krakpy_sdk import Headers, RejectedError, Response, Timeout
from krakpy_sdk.testing import answers

from krakpy.codes import Code
from krakpy.errors import ExtensionError, Problem
from krakpy.router.disconnects import Disconnects
from krakpy.router.resource import EndpointResource, Truncated
from tests.router.client import Client, ask, get
from tests.router.services import Seen, app


async def seen(method="GET", target="/a", headers=(), *pieces, path="/a", router=(), **scope):
    """What the endpoint is asked when a client asks this."""
    proxy = Seen()
    answer = await ask(app(f"{method} {path}", proxy=proxy, **dict(router)), method, target, headers, *pieces, **scope)
    assert answer.status == 200
    return proxy.request


async def answered(response, method="GET", **fields):
    """What a client gets of an endpoint that gives this response, or raises it."""
    return await ask(app(f"{method} /a", proxy=answers(response)), method, "/a", **fields)


async def test_the_endpoint_sees_the_clients_whole_request():
    fields = [("cookie", "k=v"), ("x-r", "1"), ("x-r", "2")]
    request = await seen(target="/users/a%20b?x=1&y=%20", headers=fields, path="/users/{user_id}")
    assert (request.method, request.path, request.endpoint) == ("GET", "/users/a b", "/users/{user_id}")
    assert dict(request.params) == {"user_id": "a b"}
    assert request.query.pairs == (("x", "1"), ("y", " "))
    assert (request.headers["Cookie"], request.headers["Host"]) == ("k=v", "gw.test")
    assert request.headers.getall("X-R") == ["1", "2"]


async def test_the_client_is_the_peer():
    assert (await seen(headers=[("x-forwarded-for", "9.9.9.9")], client=("5.5.5.5", 1))).client_ip == "5.5.5.5"


async def test_the_client_may_be_named_by_a_trusted_proxy():
    router = {"forwarded_by_client_ip": True, "trusted_proxies": ("5.5.5.5",)}
    request = await seen(headers=[("x-forwarded-for", "9.9.9.9")], client=("5.5.5.5", 1), router=router)
    assert request.client_ip == "9.9.9.9"


async def test_a_client_without_an_address_has_none():
    assert (await seen(client=None)).client_ip == ""


async def test_bytes_of_the_query_are_kept():
    assert (await seen(query_string=b"a=\xff")).query["a"] == "\udcff"


@pytest.mark.parametrize("fields", [(), [("content-length", "0")]], ids=["none", "zero"])
async def test_a_request_without_body_has_neither_body_nor_stream(fields):
    request = await seen("POST", headers=fields)
    assert (request.body, request.stream) == (None, None)


@pytest.mark.parametrize(
    "fields",
    [
        [("content-length", "2")],
        [("transfer-encoding", "chunked")],
        [("connection", "transfer-encoding"), ("transfer-encoding", "chunked")],
    ],
    ids=["length", "chunked", "nominated"],
)
async def test_a_body_is_there_to_be_read(fields):
    request = await seen("POST", "/a", fields, b"a", b"b")
    assert [piece async for piece in request.stream] == [b"a", b"b"]


async def test_a_body_that_nobody_reads_is_left_with_the_client():
    client = Client("POST", "/a", [], b"a")
    await client.ask(app("POST /a"))
    assert client.receives == 0


@pytest.mark.parametrize(("method", "has_body"), [("POST", True), ("GET", False)])
async def test_http_2_needs_no_field_to_have_a_body(method, has_body):
    assert ((await seen(method, http_version="2")).stream is not None) is has_body


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("/users/a%252Fb", "error: encoded url params"),
        ("/users/100%25", 'error: invalid URL escape "%"'),
        ("/users/%2e%2e", "error: invalid url params"),
        ("/users/%FF", "error: invalid url params"),
        ("/users//x", "error: invalid url params"),
    ],
)
async def test_bad_parameters_are_refused_before_anybody_sees_them(target, text):
    proxy = Seen()
    answer = await get(app("/users/{id}", "/users/{id}/x", proxy=proxy), target)
    assert (answer.status, answer.body.decode(), proxy.requests) == (400, text, [])
    assert [name for name, _ in answer.headers] == ["content-type", "content-length"]
    assert answer.header("content-type") == "text/plain; charset=utf-8"


async def test_parameters_that_are_still_encoded_can_be_let_through():
    request = await seen(target="/users/a%252Fb", path="/users/{id}", router={"disable_path_decoding": True})
    assert dict(request.params) == {"id": "a%2Fb"}


async def test_control_characters_never_pass():
    made = app("/users/{id}", disable_path_decoding=True)
    assert (await get(made, "/users/a%0db")).status == 400


async def test_a_server_that_does_not_show_the_raw_path_is_served():
    assert dict((await seen(target="/users/x", path="/users/{id}", raw_path=None)).params) == {"id": "x"}


async def test_status_fields_and_body_are_written():
    fields = [("content-type", "text/x"), ("set-cookie", "a"), ("set-cookie", "b")]
    answer = await answered(Response(410, headers=Headers([*fields, ("Content-Length", "99")]), body=b"gone"))
    assert (answer.status, answer.body, answer.is_ended) == (410, b"gone", True)
    assert answer.headers == [*fields, ("content-length", "4")]


async def test_an_answer_without_body_is_empty():
    assert (await answered(Response(200))).headers == [("content-length", "0")]


@pytest.mark.parametrize("status", [204, 304])
async def test_answers_that_have_no_body_get_none(status):
    answer = await answered(Response(status, headers=Headers({"Content-Length": "4"}), stream=Stream(b"body")))
    assert (answer.status, answer.headers, answer.body, answer.is_ended) == (status, [], b"", True)


class Stream:
    """A body in pieces, which may break off or wait; notes that it was closed."""

    def __init__(self, *pieces, error=None, waits=False):
        self._pieces = list(pieces)
        self._error = error
        self._waits = waits
        self.given = 0
        self.is_closed = False

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self._pieces:
            self.given += 1
            return self._pieces.pop(0)
        if self._waits:
            await asyncio.get_running_loop().create_future()
        raise self._error or StopAsyncIteration

    async def aclose(self):
        self.is_closed = True


async def test_a_stream_passes_piece_by_piece():
    stream = Stream(b"a", b"b")
    answer = await answered(Response(headers=Headers({"Content-Length": "2"}), stream=stream))
    assert (answer.headers, answer.pieces) == ([("content-length", "2")], [b"a", b"b"])
    assert (answer.is_ended, stream.is_closed) == (True, True)


async def test_a_stream_of_which_nothing_is_needed_is_closed():
    stream = Stream(b"a")
    await answered(Response(304, stream=stream))
    assert stream.is_closed


class SlowClient(Client):
    """Takes so many messages; the next one waits for `turn`."""

    def __init__(self, *, takes: int) -> None:
        super().__init__("GET", "/a")
        self.turn = asyncio.Semaphore(takes)

    async def send(self, message):
        await self.turn.acquire()
        await super().send(message)


async def test_a_stream_is_read_as_fast_as_the_client_takes_it():
    stream, client = Stream(b"a", b"b", b"c"), SlowClient(takes=2)
    task = asyncio.create_task(client.ask(app("/a", proxy=answers(Response(stream=stream)))))
    while stream.given < 2:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (stream.given, client.answer.pieces) == (2, [b"a"])
    for _ in range(3):
        client.turn.release()
    assert (await task).pieces == [b"a", b"b", b"c"]


@pytest.mark.parametrize("error", [Timeout("cut"), OSError("reset")], ids=["ours", "foreign"])
async def test_a_stream_that_breaks_off_never_ends_cleanly(caplog, clean_loggers, error):
    stream, client = Stream(b"a", error=error), Client("GET", "/a")
    with pytest.raises(Truncated):
        await client.ask(app("/a", proxy=answers(Response(stream=stream))))
    assert (client.answer.pieces, client.answer.is_ended, stream.is_closed) == ([b"a"], False, True)
    [record] = caplog.records
    assert (record.name, record.getMessage()) == ("krakpy.router", "answer broken off")
    assert record.fields["endpoint"] == "GET /a"


@pytest.mark.parametrize(
    ("error", "status"),
    [(RejectedError("no", status=401), 401), (Timeout("late"), 500), (KeyError("x"), 500)],
    ids=["refusal", "late", "defect"],
)
async def test_an_error_is_answered_with_its_status_and_no_body(error, status):
    answer = await answered(error)
    assert (answer.status, answer.headers, answer.body) == (status, [("content-length", "0")], b"")


async def test_an_error_is_logged_once(caplog, clean_loggers):
    await answered(KeyError("x"))
    [record] = caplog.records
    assert (record.name, record.fields["endpoint"], record.fields["cause"]) == ("krakpy.router", "GET /a", "KeyError")


async def test_an_extensions_failure_is_a_problem_document():
    failure = ExtensionError(Problem(Code.CALL_TIMEOUT, "endpoints[0]", "slow"), instance="x", status=504)
    answer = await answered(failure)
    assert (answer.status, answer.header("content-type")) == (504, "application/problem+json")


@pytest.mark.parametrize("fields", [{"X-A": "1\r\nX-B: 2"}, {"X A": "1"}], ids=["value", "name"])
async def test_a_field_that_could_split_the_answer_is_a_defect(fields):
    answer = await answered(Response(headers=Headers(fields), body=b"x"))
    assert (answer.status, answer.headers) == (500, [("content-length", "0")])


async def test_a_client_that_goes_away_cancels_the_work_for_it():
    never, client = asyncio.get_running_loop().create_future(), Client("GET", "/a")
    client.leave()
    task = asyncio.create_task(client.ask(app("/a", proxy=answers(never))))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (never.cancelled(), client.answer.messages) == (True, [])


async def test_a_client_that_goes_away_closes_the_stream_for_it():
    stream, client = Stream(b"a", waits=True), Client("GET", "/a")
    client.leave()
    task = asyncio.create_task(client.ask(app("/a", proxy=answers(Response(stream=stream)))))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (stream.is_closed, client.answer.is_ended) == (True, False)


async def responding(proxy, disconnects, client):
    """The pieces of an answer, with a look at clients that the test takes itself."""
    resource = EndpointResource(
        "/a", "GET", proxy, client_address=lambda peer, _: peer, disconnects=disconnects, allows_encoded=False
    )
    await resource.serve(client.scope, client.receive, client.send, {})
    return client.answer.pieces


async def looked(disconnects):
    """Look twice, so that requests that are still under way are watched."""
    for _ in range(2):
        await asyncio.sleep(0)
        disconnects.look()
    await asyncio.sleep(0)


@pytest.mark.parametrize("response", [Response(body=b"x"), Response(stream=Stream(b"a"))], ids=["body", "stream"])
async def test_a_client_that_has_its_answer_is_not_watched(response):
    client, disconnects = Client("GET", "/a"), Disconnects()
    await responding(answers(response), disconnects, client)
    await looked(disconnects)
    assert client.receives == 0


class Slow:
    """A proxy that answers with a stream, and both only when they are let."""

    def __init__(self):
        self.answers, self.streams = asyncio.Event(), asyncio.Event()

    async def __call__(self, request):
        await self.answers.wait()
        return Response(stream=self.pieces())

    async def pieces(self):
        await self.streams.wait()
        yield b"a"


async def test_a_client_is_asked_once_whether_it_is_there():
    """Some servers answer a second question, after a first that was given up, as if the client had gone."""
    client, disconnects, slow = Client("GET", "/a"), Disconnects(), Slow()
    task = asyncio.create_task(responding(slow, disconnects, client))
    await looked(disconnects)
    slow.answers.set()
    await looked(disconnects)
    assert (client.receives, client.is_asked) == (1, True)
    slow.streams.set()
    assert await task == [b"a"]
    await asyncio.sleep(0)
    assert (client.receives, client.is_asked) == (1, False)


async def test_a_client_that_was_watched_before_the_stream_is_watched_within_it():
    client, disconnects, slow = Client("GET", "/a"), Disconnects(), Slow()
    task = asyncio.create_task(responding(slow, disconnects, client))
    await looked(disconnects)
    slow.answers.set()
    await looked(disconnects)
    client.leave()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_client_that_was_watched_is_left_alone_when_it_is_answered():
    client, disconnects, gate = Client("GET", "/a"), Disconnects(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(responding(answers(gate), disconnects, client))
    await looked(disconnects)
    assert client.is_asked
    gate.set_result(Response(body=b"x"))
    await task
    await asyncio.sleep(0)
    assert not client.is_asked


async def test_a_client_that_goes_away_with_half_its_body_is_refused():
    client = Client("POST", "/a", [("content-length", "9")])
    client.leave()

    async def reading(request):
        return Response(body=b"".join([piece async for piece in request.stream]))

    assert (await client.ask(app("POST /a", proxy=reading))).status == 499
