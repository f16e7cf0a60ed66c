"""What a client sees of the gateway is the same on each way: order, sizes, the end of a connection, failures."""
import gzip
import json
import random

import pytest

from tests.origins import answering, echo, ok
from tests.ways import (
    ASGI,
    WAYS,
    Lines,
    bodies,
    conversation,
    endpoint,
    get,
    open_gateway,
    outcomes,
    prepared,
    run,
    settle,
)

DOCUMENT = ok(b'{"a":1}')


class Raising:
    """Fails."""

    def __init__(self, settings):
        pass

    def render(self, request, response):
        raise ZeroDivisionError


class Unsendable(Raising):
    """Writes a field that cannot be sent."""

    def render(self, request, response):
        return response.replace(headers=response.headers.add("X-Bad", "a\r\nb"), body=b"x")


@pytest.mark.parametrize("renderer", [Raising, Unsendable])
def test_a_renderer_that_fails_is_answered_500_and_the_connection_goes_on(renderer):
    own = prepared(endpoint("/a", output_encoding="own"), endpoint("/b"), extensions={"renderer": {"own": renderer}})
    lane, direct, asgi = outcomes(own, lambda: answering(DOCUMENT), get(), get(), get("/b"))
    assert lane == direct == asgi
    assert [answer[:3] for answer in lane.heard.split(b"HTTP/1.1 ")[1:]] == [b"500", b"500", b"200"]
    assert not lane.is_closed
    access = [event["status"] for event in lane.events if event["logger"] == "krakpy.access"]
    assert (access, len(lane.events)) == ([500, 500, 200], 5)


def test_a_defect_on_the_way_out_is_answered_500_and_told_once():
    """It is no KrakpyError, and comes from below the pipeline."""

    async def law(way):
        with Lines() as lines:
            async with open_gateway(prepared(endpoint("/a"), endpoint("/m", {}, {})), answering(DOCUMENT)) as gateway:

                def fail(*_):
                    raise ZeroDivisionError

                visitor = gateway.visitor(way)
                await visitor.ask(get())
                gateway.upstream.dial = fail
                for line in gateway.upstream.lines:
                    line.write = fail
                    line._connection._write = fail
                heard = await visitor.ask(get())
                return heard.split(b"HTTP/1.1 ")[2][:3], [event["message"] for event in lines.events], visitor.is_closed

    lane, direct, asgi = (run(law(way)) for way in WAYS)
    assert lane == direct == asgi == (b"500", ["request", "request failed", "request"], False)


@pytest.mark.parametrize("way", WAYS)
def test_pipelined_requests_are_answered_in_their_order(way):
    """The second is not asked before the first is answered, and the third waits for both."""

    async def law():
        own = [endpoint(path, {"url_pattern": f"/up{path}"}) for path in ("/a", "/b", "/c")]
        async with open_gateway(prepared(*own), answering()) as gateway:
            visitor, upstream = gateway.visitor(way), gateway.upstream
            await visitor.ask(get("/a") + get("/b") + get("/c"))
            for count in (1, 2, 3):
                assert len(upstream.requests) == count
                upstream.lines[-1].say(ok(b'{"n":%d}' % count))
                await settle()
            return bodies(visitor.heard)

    assert run(law()) == [{"n": 1}, {"n": 2}, {"n": 3}]


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_given_while_the_worker_drains_announces_the_end(way):
    async def law():
        async with open_gateway(prepared(endpoint("/a")), answering()) as gateway:
            visitor = gateway.visitor(way)
            await visitor.ask(get() + get())
            visitor.service.drain(5)
            gateway.upstream.lines[0].say(DOCUMENT)
            await settle()
            return visitor.heard.count(b"connection: close\r\n\r\n"), visitor.is_closed, len(gateway.upstream.requests)

    assert run(law()) == (1, True, 1)


@pytest.mark.parametrize("size", [10, 70_000, 3_000_000])
@pytest.mark.parametrize("encoding", ["no-op", "json"])
def test_large_answers_wait_for_a_slow_client(size, encoding):
    body = b'{"a":"%b"}' % (b"x" * size)
    own = prepared(endpoint("/a", {"encoding": encoding}, output_encoding=encoding))

    async def law(way):
        async with open_gateway(own, answering(*_pieces(ok(body, b"Content-Type: application/json")))) as gateway:
            visitor = gateway.visitor(way)
            visitor.stop_reading()
            await visitor.ask(get() + get())
            asked = len(gateway.upstream.requests)
            while len(visitor.heard) < 2 * size:
                visitor.read(50_000)
                await settle()
            visitor.read()
            await settle()
            return asked, visitor.heard, visitor.is_closed

    lane, direct, asgi = (run(law(way)) for way in WAYS)
    assert lane[0] == (2 if size < 60_000 else 1)
    # NOTE: ASGI servers write the date before the length
    assert [lane[1].count(body), asgi[1].count(body)] == [2, 2]
    assert lane == direct
    assert (lane[0], len(lane[1]), lane[2]) == (asgi[0], len(asgi[1]), asgi[2])


def _pieces(data):
    return [data[at : at + 200_000] for at in range(0, len(data), 200_000)]


def test_a_large_packed_answer_is_unpacked_in_a_thread():
    body = json.dumps({"a": random.Random(1).randbytes(60_000).hex()}).encode()
    packed = gzip.compress(body, mtime=0)
    assert len(packed) > 32 * 1024

    async def law(way):
        async with open_gateway(prepared(endpoint("/a")), answering(ok(packed, b"Content-Encoding: gzip"))) as gateway:
            visitor = gateway.visitor(way)
            await visitor.ask(get())
            await settle(lambda: visitor.heard.endswith(b'"}'))
            return bodies(visitor.heard)

    assert [run(law(way)) for way in WAYS] == [[json.loads(body)]] * 3


async def test_other_servers_are_served_without_the_shorter_ways():
    outcome = await conversation(prepared(endpoint("/a")), ASGI, echo, get())
    assert bodies(outcome.heard)[0]["line"] == "GET /up HTTP/1.1"
