"""Streamed bodies: they come as they are read, end where they end, and never look whole when they are not."""
import asyncio
import gc

import pytest
from krakpy_sdk import Refused, Timeout, UpstreamError

from krakpy.client.body import Relay
from krakpy.client.options import Limits
from tests.client.conftest import ask
from tests.client.upstream import answering, ending, ok

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"


class Tap:
    """A connection that notes what is done with it."""

    def __init__(self):
        self.done = []

    def pause_reading(self):
        self.done.append("pause")

    def resume_reading(self):
        self.done.append("resume")

    def close(self):
        self.done.append("close")


def telling(*pieces):
    """Answers with the first piece; gives the others when told, one at a time."""
    told = asyncio.Semaphore(0)

    async def script(peer):
        await peer.answer(pieces[0])
        for piece in pieces[1:]:
            await told.acquire()
            await peer.send(piece)
        await peer.gone()

    return script, told.release


async def read(stream):
    return [piece async for piece in stream]


async def test_the_future_resolves_at_the_head_and_pieces_come_as_they_are_sent(serving, pooling):
    script, tell = telling(SIZED, b"01234", b"56789")
    answer = await ask(pooling(), await serving(script), stream=True)
    assert (answer.status, answer.body) == (200, None)
    for expected in (b"01234", b"56789"):
        tell()
        assert await anext(answer.stream) == expected
    with pytest.raises(StopAsyncIteration):
        await anext(answer.stream)


async def test_a_body_that_came_with_the_head_needs_no_stream(serving, pooling):
    answer = await ask(pooling(), await serving(answering(ok(b"hello"))), stream=True)
    assert (answer.body, answer.stream) == (b"hello", None)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((SIZED, b"0123456789"), id="sized"),
        pytest.param((SIZED + b"0123", b"456789"), id="sized-with-a-beginning"),
        pytest.param((CHUNKED, b"5\r\n01234\r\n", b"5\r\n56789\r\n0\r\n\r\n"), id="chunked"),
    ],
)
async def test_a_connection_is_reused_after_a_clean_end(serving, pooling, pieces):
    script, tell = telling(*pieces, ok(b"next"))
    upstream, pool = await serving(script), pooling()
    answer = await ask(pool, upstream, stream=True)
    for _ in pieces[1:]:
        tell()
    assert b"".join(await read(answer.stream)) == b"0123456789"
    after = ask(pool, upstream)
    tell()
    assert (await after).body == b"next"
    assert upstream.connections == 1


async def test_a_body_until_close_ends_cleanly(serving, pooling):
    answer = await ask(pooling(), await serving(ending(b"HTTP/1.1 200 OK\r\n\r\n0123456789")), stream=True)
    assert b"".join(await read(answer.stream)) == b"0123456789"


@pytest.mark.parametrize("beginning", [SIZED + b"0123", CHUNKED + b"4\r\n0123\r\n"], ids=["C-07-sized", "C-07-chunked"])
async def test_a_body_that_is_cut_off_raises_after_what_there_was(serving, pooling, beginning):
    answer = await ask(pooling(), await serving(ending(beginning)), stream=True)
    assert await anext(answer.stream) == b"0123"
    with pytest.raises(Refused, match="within its answer"):
        await anext(answer.stream)


async def test_c08_a_malformed_chunk_raises_in_the_stream(serving, pooling):
    script, tell = telling(CHUNKED + b"4\r\n0123\r\n", b"zz\r\n")
    answer = await ask(pooling(), await serving(script), stream=True)
    assert await anext(answer.stream) == b"0123"
    tell()
    with pytest.raises(UpstreamError, match="chunk size"):
        await anext(answer.stream)


async def test_c05_the_deadline_holds_for_the_stream(serving, pooling):
    script, _ = telling(SIZED + b"0123")
    answer = await ask(pooling(), await serving(script), stream=True, within=0.1)
    assert await anext(answer.stream) == b"0123"
    with pytest.raises(Timeout, match=r"^context deadline exceeded$"):
        await anext(answer.stream)


@pytest.mark.parametrize("end", ["dropped", "closed", "cancelled"])
async def test_c24_a_stream_that_nobody_reads_on_closes_its_connection(serving, pooling, end):
    script, _ = telling(SIZED + b"0123")
    upstream = await serving(script)
    answer = await ask(pooling(), upstream, stream=True)
    assert await anext(answer.stream) == b"0123"
    if end == "dropped":
        del answer
        gc.collect()
    elif end == "closed":
        await answer.stream.aclose()
    else:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await anext(answer.stream)
    async with asyncio.timeout(20):
        await upstream.someone_left.wait()


async def test_closing_a_stream_after_its_end_leaves_the_connection_alone(serving, pooling):
    script, tell = telling(SIZED, b"0123456789", ok())
    upstream, pool = await serving(script), pooling()
    answer = await ask(pool, upstream, stream=True)
    tell()
    await read(answer.stream)
    await answer.stream.aclose()
    tell()
    await ask(pool, upstream)
    assert upstream.connections == 1


async def test_c11_a_slow_reader_slows_the_backend_down(serving, pooling):
    sent = 0

    async def script(peer):
        nonlocal sent
        await peer.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
        for _ in range(1600):
            await peer.send(b"x" * 65536)
            sent += 65536

    upstream = await serving(script)
    answer = await ask(pooling(Limits(max_buffered_bytes=65536)), upstream, stream=True)
    await anext(answer.stream)
    await asyncio.sleep(0.1)
    # what the kernel's buffers of both sides take, and what one read may bring
    assert sent < 20_000_000
    assert len(await anext(answer.stream)) < 1_000_000


async def test_c11_a_paused_stream_is_read_to_its_end(serving, pooling):
    script = answering(ok(b"x" * 3_000_000), ok(b"next"))
    upstream, pool = await serving(script), pooling(Limits(max_buffered_bytes=1000))
    answer = await ask(pool, upstream, stream=True)
    assert sum(map(len, await read(answer.stream))) == 3_000_000
    assert (await ask(pool, upstream)).body == b"next"
    assert upstream.connections == 1


async def test_streams_have_no_limit(serving, pooling):
    upstream = await serving(answering(ok(b"x" * 500_000)))
    answer = await ask(pooling(Limits(max_body_bytes=1000)), upstream, stream=True)
    assert sum(map(len, await read(answer.stream))) == 500_000


async def test_pieces_that_wait_are_given_as_one():
    relay = Relay(Tap(), 100)
    for piece in (b"a", b"b", b"c"):
        relay.push(piece)
    assert await relay.take() == b"abc"


async def test_reading_pauses_before_one_more_read_exceeds_the_limit_and_goes_on_when_the_reader_comes_for_more():
    """What the reader took is in somebody's hands until then, a slow client's for instance."""
    tap = Tap()
    relay = Relay(tap, 256_002)
    relay.push(b"ab")
    assert tap.done == []
    relay.push(b"c")
    relay.push(b"d")
    assert tap.done == ["pause"]
    assert await relay.take() == b"abcd"
    assert tap.done == ["pause"]
    more = asyncio.ensure_future(relay.take())
    await asyncio.sleep(0)
    assert tap.done == ["pause", "resume"]
    relay.push(b"e")
    assert await more == b"e"


class Outlet:
    """A client that takes so many pieces before it is behind."""

    is_plain = True

    def __init__(self, takes=100):
        self.done = []
        self._takes = takes

    def descriptor(self, size):
        return -1

    def room(self):
        return 0

    def passed(self, size):
        self.done.append(size)

    def push(self, piece):
        self.done.append(piece)
        self._takes -= 1
        return self._takes > 0

    def end(self):
        self.done.append("end")

    def fail(self, error):
        self.done.append(str(error))


async def test_what_has_come_and_what_comes_is_poured_in_order():
    relay, outlet = Relay(Tap(), 1_000_000), Outlet()
    relay.push(b"a")
    assert relay.beginning() == b"a"
    relay.pour(outlet)
    relay.push(b"b")
    relay.end()
    assert (outlet.done, relay.beginning()) == ([b"a", b"b", "end"], b"")


@pytest.mark.parametrize("is_late", [True, False])
async def test_what_broke_a_body_off_is_told_after_its_pieces(is_late):
    relay, outlet = Relay(Tap(), 1_000_000), Outlet()
    relay.push(b"a")
    if not is_late:
        relay.pour(outlet)
    relay.fail(Refused("cut off"))
    if is_late:
        relay.pour(outlet)
    assert outlet.done == [b"a", "cut off"]


async def test_the_connection_rests_as_long_as_the_outlet_takes_no_more():
    tap = Tap()
    relay = Relay(tap, 1_000_000)
    relay.push(b"a")
    relay.pour(Outlet(takes=2))
    relay.push(b"b")
    relay.push(b"c")
    assert tap.done == ["pause"]
    relay.resume()
    assert tap.done == ["pause", "resume"]


async def test_an_outlet_that_is_behind_already_has_the_connection_rest():
    tap = Tap()
    relay = Relay(tap, 1_000_000)
    relay.push(b"a")
    relay.pour(Outlet(takes=0))
    assert tap.done == ["pause"]


async def test_nothing_is_poured_after_it_was_closed():
    tap, outlet = Tap(), Outlet()
    relay = Relay(tap, 1_000_000)
    relay.pour(outlet)
    relay.close()
    relay.end()
    assert (tap.done, outlet.done, relay.is_plain, relay.descriptor(1)) == (["close"], [], False, -1)


async def test_a_connection_whose_body_has_ended_is_not_paused_for_its_next_user():
    tap = Tap()
    relay = Relay(tap, 2)
    relay.push(b"abc")
    relay.end()
    await relay.take()
    relay.close()
    assert tap.done == ["pause", "resume"]
