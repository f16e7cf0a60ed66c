"""The body of a `no-op` answer, for as long as the endpoint's time lasts."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator

from krakpy_sdk import Timeout

#: KrakenD's text for a deadline that has passed
DEADLINE_EXCEEDED = "context deadline exceeded"


async def close(stream: AsyncIterable[bytes]) -> None:
    """Give up what is left of a stream, if it can be given up."""
    aclose = getattr(stream, "aclose", None)
    if aclose is not None:
        await aclose()


class BoundedStream(AsyncIterator[bytes]):
    """The pieces of a stream; Timeout once its time is over (KrakenD: the timeout holds for the body too).

    Only waiting for the upstream is cut short; a slow client is the server's to deal with. PERF: one timer for all of
    the body, where `asyncio.timeout` takes 4 µs for each piece.
    """

    __slots__ = ("_first", "_is_over", "_pieces", "_stream", "_task", "_timer")

    def __init__(self, stream: AsyncIterable[bytes], until: float) -> None:
        self._stream = stream
        self._pieces = aiter(stream)
        self._first: bytes | None = None
        self._is_over = False
        self._task: asyncio.Task[object] | None = None
        self._timer = asyncio.get_running_loop().call_at(until, self._ring)

    async def peek(self) -> bytes:
        """The first piece, which stays there to be read; nothing if there is none."""
        self._first = await anext(self, b"")
        return self._first

    async def __anext__(self) -> bytes:
        first, self._first = self._first, None
        if first:
            return first
        if self._has_ended():
            raise Timeout(DEADLINE_EXCEEDED)
        self._task = task = asyncio.current_task()
        try:
            return await anext(self._pieces)
        except asyncio.CancelledError:
            if self._has_ended() and task is not None and task.uncancel() == 0:
                raise Timeout(DEADLINE_EXCEEDED) from None
            raise
        finally:
            self._task = None

    async def aclose(self) -> None:
        """Gives up the rest."""
        self._timer.cancel()
        await close(self._stream)

    def _has_ended(self) -> bool:
        return self._is_over

    def _ring(self) -> None:
        self._is_over = True
        if self._task is not None:
            self._task.cancel()
