"""A server gives a request to the application without a task, and is told the answer in one piece."""
import asyncio
from typing import Any

import pytest

from krakpy import direct
from krakpy.server.access_log import Watched
from krakpy.server.exchange import Exchange
from krakpy.server.head import Fields
from tests.origins import answering, ok
from tests.ways import endpoint, open_gateway, prepared, settle

_claims: list[type[direct.Client]] = [Exchange, Watched]
_fields: type[direct.Fields] = Fields


class Client:
    """A client of some server: what it was told, and what its server may cancel."""

    def __init__(self) -> None:
        self.peer = ("192.0.2.9", 1)
        self.answers: list[tuple] = []
        self.messages: list[dict] = []
        self.streams: list[tuple] = []
        self.awaited: Any = None
        self.tasks: list[asyncio.Task] = []

    async def receive(self):
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.messages.append(message)

    def answer(self, status, fields, body):
        self.answers.append((status, dict(fields), body))

    def stream(self, status, fields, flow, poured):
        self.streams.append((status, dict(fields), flow, poured))

    def waits_for(self, future):
        self.awaited = future

    def run(self, work):
        self.tasks.append(asyncio.get_running_loop().create_task(work))


def a_scope(path="/a", query=b""):
    return {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query,
        "headers": [(b"host", b"gw")], "http_version": "1.1", "client": ("192.0.2.9", 1),
    }  # fmt: skip


PLAIN = prepared(endpoint("/a"), endpoint("/b", {"encoding": "no-op"}, output_encoding="no-op"))


async def test_a_request_is_begun_and_its_answer_comes_in_one_piece():
    async with open_gateway(PLAIN, answering(ok(b'{"a":1}'))) as gateway:
        client = Client()
        assert gateway.app.begin(a_scope(), client) is True
        assert (client.answers, client.tasks) == ([], [])
        await settle()
    [(status, fields, body)] = client.answers
    assert (status, body, fields[b"x-krakend-completed"]) == (200, b'{"a":1}', b"true")
    assert b"content-length" not in fields
    assert client.messages == []


async def test_nothing_is_begun_of_what_the_gateway_answers_itself():
    async with open_gateway(PLAIN, answering()) as gateway:
        client = Client()
        assert not gateway.app.begin(a_scope("/__health"), client)
        assert not gateway.app.begin(a_scope("/nowhere"), client)
        assert not gateway.app.express("GET", b"/nowhere", b"", Fields([]), client)
    assert (client.answers, client.awaited) == ([], None)


async def test_a_server_may_give_up_what_is_waited_for():
    async with open_gateway(PLAIN, answering()) as gateway:
        client = Client()
        gateway.app.begin(a_scope(), client)
        await settle()
        client.awaited.cancel()
        assert gateway.upstream.gone == 1
        await settle()
    assert (client.answers, client.tasks) == ([], [])


@pytest.mark.parametrize("shorter", [True, False], ids=["express", "begin"])
async def test_what_comes_in_pieces_is_given_to_the_server_to_be_poured(shorter):
    stream = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", b"2\r\ncd\r\n0\r\n\r\n"
    async with open_gateway(PLAIN, answering(*stream)) as gateway:
        client = Client()
        if shorter:
            assert gateway.app.express("GET", b"/b", b"", Fields([(b"host", b"gw")]), client)
        else:
            assert gateway.app.begin(a_scope("/b"), client)
        await settle()
        [(status, fields, flow, _)] = client.streams
        assert (status, b"content-length" in fields) == (200, False)
        assert b"".join([piece async for piece in flow]) == b"abcd"
    assert (client.answers, client.messages, client.tasks) == ([], [], [])


async def test_a_server_that_knows_no_shorter_way_is_served_by_asgi():
    async with open_gateway(PLAIN, answering(ok(b'{"a":1}'))) as gateway:
        client = Client()
        await gateway.app(a_scope(), client.receive, client.send)
    assert [message["type"] for message in client.messages] == ["http.response.start", "http.response.body"]


async def test_what_a_request_is_sent_as_is_kept_with_its_fields():
    async with open_gateway(PLAIN, answering(ok())) as gateway:
        fields = Fields([(b"host", b"gw"), (b"x-one", b"1")])
        for _ in range(3):
            gateway.app.express("GET", b"/a", b"", fields, Client())
            await settle()
        assert len(fields.kept) == 1
        assert len(set(gateway.upstream.requests)) == 1


async def test_what_is_kept_is_bounded():
    """However many endpoints a connection asks, and however many answers and parameters differ."""
    paths = [endpoint(f"/e{n}/{{id}}", {"url_pattern": "/{id}"}) for n in range(100)]
    async with open_gateway(prepared(*paths), lambda asked: [ok(b"{}", b"X: " + asked.split(b" ")[1])]) as gateway:
        fields = Fields([(b"host", b"gw")])
        for n in range(1200):
            gateway.app.express("GET", b"/e%d/%d" % (n % 100 if n < 200 else 0, n), b"", fields, Client())
            if n % 50 == 0:
                await settle()
        kept: list[Any] = list(fields.kept)
        [lane, *others] = kept
        [backend] = lane._backends
        assert len(others) < 32
        assert (len(backend._lines) <= 256, len(backend._steps) <= 64) == (True, True)


async def test_what_all_endpoints_of_a_worker_keep_is_bounded_as_a_whole():
    """However many endpoints there are: each of these would keep 64 heads."""
    names = range(80)
    paths = [endpoint(f"/e{n}/{{id}}", {"url_pattern": "/{id}"}) for n in names]
    async with open_gateway(prepared(*paths), lambda asked: [ok(b"{}", b"X: " + asked.split(b" ")[1])]) as gateway:
        fields, backends = Fields([(b"host", b"gw")]), []
        for n in names:
            for number in range(64):
                gateway.app.express("GET", b"/e%d/%d" % (n, number), b"", fields, Client())
            await settle()
            lanes: list[Any] = list(fields.kept)
            backends += lanes[-1]._backends
    assert sum(len(backend._steps) for backend in backends) <= 4096
    # those that were asked last remember
    assert [len(backend._steps) for backend in backends[-60:]] == [64] * 60
