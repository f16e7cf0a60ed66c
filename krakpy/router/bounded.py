"""The body of a `no-op` answer, for as long as the endpoint's time lasts."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator

from krakpy_sdk import Timeout

from krakpy.router.deadlines import Deadline

#: KrakenD's text for a deadline that has passed
DEADLINE_EXCEEDED = "context deadline exceeded"


async def close(stream: AsyncIterable[bytes]) -> None:
    """Give up what is left of a stream, if it can be given up."""
    aclose = getattr(stream, "aclose", None)
    if aclose is not None:
        await aclose()


class BoundedStream(AsyncIterator[bytes]):
    """The pieces of a stream; Timeout once the deadline has come (KrakenD: the timeout holds for the body too).

    NOTE: only waiting for the upstream is cut short; a slow client is the server's to deal with.
    """

    __slots__ = ("_deadline", "_first", "_pieces", "_stream")

    def __init__(self, stream: AsyncIterable[bytes], deadline: Deadline) -> None:
        self._stream = stream
        self._pieces = aiter(stream)
        self._deadline = deadline
        self._first: bytes | None = None

    async def peek(self) -> bytes:
        """The first piece, which stays there to be read; nothing if there is none."""
        try:
            self._first = await anext(self)
        except StopAsyncIteration:
            return b""
        return self._first

    async def __anext__(self) -> bytes:
        first, self._first = self._first, None
        if first is not None:
            return first
        deadline = self._deadline
        if deadline.is_cut:
            raise Timeout(DEADLINE_EXCEEDED)
        deadline.enter()
        try:
            return await anext(self._pieces)
        except asyncio.CancelledError:
            if deadline.is_only_cause():
                raise Timeout(DEADLINE_EXCEEDED) from None
            raise
        finally:
            deadline.leave()

    async def aclose(self) -> None:
        """Gives up the rest."""
        self._deadline.end()
        await close(self._stream)
