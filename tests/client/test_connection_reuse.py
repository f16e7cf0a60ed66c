"""A connection is used again only when it is beyond doubt, and nobody gets what was meant for another."""
import asyncio

import pytest

from tests.client.conftest import ask
from tests.client.upstream import answering, in_pieces, ok

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        pytest.param("GET", ok(b"right") + b"x", id="C-17-byte"),
        pytest.param("GET", ok(b"right") + b"\r\n", id="C-17-CRLF"),
        pytest.param("GET", ok(b"right") + ok(b"POISON"), id="C-17-answer"),
        pytest.param("GET", CHUNKED + b"5\r\nright\r\n0\r\n\r\n" + ok(b"POISON"), id="C-17-after-chunks"),
        pytest.param("GET", CHUNKED + b"5\r\nright\r\n0\r\n\r\n\r\n", id="C-17-CRLF-after-chunks"),
        pytest.param("HEAD", ok(b"POISON"), id="C-17-body-to-HEAD"),
        pytest.param("GET", b"HTTP/1.1 204 No\r\nContent-Length: 6\r\n\r\nPOISON", id="C-14-204-with-body"),
        pytest.param("GET", b"HTTP/1.1 304 No\r\nContent-Length: 6\r\n\r\nPOISON", id="C-17-304-with-body"),
    ],
)
async def test_extra_bytes_never_reach_the_next_caller(serving, pooling, method, answer):
    upstream, pool = await serving(answering(answer), answering(ok(b"next"))), pooling()
    first = await ask(pool, upstream, method=method)
    assert first.body in (b"right", b"")
    assert (await ask(pool, upstream)).body == b"next"
    assert upstream.connections == 2


async def test_extra_bytes_after_a_body_in_pieces_never_reach_the_next_caller(serving, pooling):
    upstream = await serving(in_pieces(ok(b"right")[:-2], b"ht" + ok(b"POISON")), answering(ok(b"next")))
    pool = pooling()
    assert (await ask(pool, upstream)).body == b"right"
    assert (await ask(pool, upstream)).body == b"next"


async def test_c18_an_unasked_answer_on_an_idle_connection_ends_it(serving, pooling):
    poisoned = asyncio.Event()

    async def script(peer):
        await peer.answer(ok(b"right"))
        await poisoned.wait()
        await peer.send(ok(b"POISON"))
        await peer.gone()

    upstream, pool = await serving(script, answering(ok(b"next"))), pooling()
    assert (await ask(pool, upstream)).body == b"right"
    poisoned.set()
    await upstream.someone_left.wait()
    assert (await ask(pool, upstream)).body == b"next"


async def test_c18_bytes_that_the_loop_has_not_read_yet_are_seen_before_reuse(serving, pooling):
    sent = asyncio.Event()

    async def script(peer):
        await peer.answer(ok(b"right"))
        await peer.send(ok(b"POISON"))
        sent.set()
        await peer.gone()

    upstream, pool = await serving(script, answering(ok(b"next"))), pooling()
    assert (await ask(pool, upstream)).body == b"right"
    await sent.wait()
    assert (await ask(pool, upstream)).body == b"next"


async def test_connection_close_is_obeyed(serving, pooling):
    upstream, pool = await serving(answering(ok(b"1", "Connection: close"))), pooling()
    await ask(pool, upstream)
    await ask(pool, upstream)
    assert upstream.connections == 2


async def test_connection_close_is_obeyed_after_a_body_in_pieces(serving, pooling):
    answer = ok(b"hello", "Connection: close")
    upstream, pool = await serving(in_pieces(answer[:-2], answer[-2:])), pooling()
    await ask(pool, upstream)
    await ask(pool, upstream)
    assert upstream.connections == 2


async def test_connections_of_http_1_0_are_not_reused(serving, pooling):
    answer = b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n1"
    upstream, pool = await serving(answering(answer)), pooling()
    await ask(pool, upstream)
    await ask(pool, upstream)
    assert upstream.connections == 2


async def taking(peer):
    """Reads a request and never says a word."""
    await peer.request()
    await peer.gone()


async def asked(upstream):
    """Waits until the request is there."""
    async with asyncio.timeout(20):
        while not upstream.requests:
            await asyncio.sleep(0.001)


async def test_c24_cancelling_closes_the_connection_at_once(serving, pooling):
    upstream, pool = await serving(taking), pooling()
    exchange = ask(pool, upstream)
    await asked(upstream)
    exchange.cancel()
    async with asyncio.timeout(20):
        await upstream.someone_left.wait()


async def test_c24_cancelling_the_task_that_waits_closes_the_connection(serving, pooling):
    upstream, pool = await serving(taking), pooling()

    async def wait():
        await ask(pool, upstream)

    task = asyncio.ensure_future(wait())
    await asked(upstream)
    task.cancel()
    async with asyncio.timeout(20):
        await upstream.someone_left.wait()


async def test_c24_an_answer_to_a_cancelled_exchange_reaches_nobody(serving, pooling):
    cancelled = asyncio.Event()

    async def script(peer):
        await peer.request()
        await cancelled.wait()
        await peer.send(ok(b"late"))
        await peer.gone()

    upstream, pool = await serving(script, answering(ok(b"next"))), pooling()
    exchange = ask(pool, upstream)
    await asked(upstream)
    exchange.cancel()
    cancelled.set()
    assert (await ask(pool, upstream)).body == b"next"


async def test_cancelling_after_the_answer_leaves_the_connection_alone(serving, pooling):
    upstream, pool = await serving(answering(ok(), ok())), pooling()
    exchange = ask(pool, upstream)
    await exchange
    assert not exchange.cancel()
    await ask(pool, upstream)
    assert upstream.connections == 1
