"""A streamed body ends with Timeout when its time is over."""
import asyncio
from collections.abc import AsyncIterator

import pytest
from krakpy_sdk import Timeout

from krakpy.router.bounded import BoundedStream, close


class Source:
    """Gives its pieces, then waits for ever unless it is to end; notes that it was closed."""

    def __init__(self, *pieces, ends=True):
        self._pieces = list(pieces)
        self._ends = ends
        self.is_closed = False

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self._pieces:
            return self._pieces.pop(0)
        if self._ends:
            raise StopAsyncIteration
        return await asyncio.get_running_loop().create_future()

    async def aclose(self):
        self.is_closed = True


def bounded(source, seconds=5.0):
    return BoundedStream(source, asyncio.get_running_loop().time() + seconds)


async def timers_have_fired():
    """Let the event loop come to the timers that are due."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_the_pieces_pass_in_order():
    assert [piece async for piece in bounded(Source(b"a", b"b"))] == [b"a", b"b"]


async def test_waiting_ends_when_the_time_is_over():
    stream = bounded(Source(b"a", ends=False), 0.01)
    assert await anext(stream) == b"a"
    with pytest.raises(Timeout, match="context deadline exceeded"):
        await anext(stream)
    assert (task := asyncio.current_task()) is not None
    assert task.cancelling() == 0


async def test_a_client_that_is_slow_is_not_interrupted_but_gets_no_more():
    stream = bounded(Source(b"a", b"b"), -1.0)
    await anext(stream)
    await timers_have_fired()
    with pytest.raises(Timeout):
        await anext(stream)


async def test_another_cancellation_passes():
    task = asyncio.create_task(anext(bounded(Source(ends=False))))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("pieces", "head"), [((b"a", b"b"), b"a"), ((), b"")], ids=["some", "none"])
async def test_the_first_piece_can_be_looked_at_and_is_still_there(pieces, head):
    stream = bounded(Source(*pieces))
    assert await stream.peek() == head
    assert [piece async for piece in stream] == list(pieces)


async def test_closing_it_closes_what_it_reads():
    source = Source(b"a")
    await bounded(source).aclose()
    assert source.is_closed


async def test_closing_it_forgets_the_time():
    stream = bounded(Source(b"a"), -1.0)
    await stream.aclose()
    await timers_have_fired()
    assert await anext(stream) == b"a"


async def test_what_cannot_be_closed_is_left_alone():
    class Pieces(AsyncIterator[bytes]):
        async def __anext__(self):
            raise StopAsyncIteration

    await close(Pieces())
