"""Where the payload of an answer goes: collected until it is whole, or handed on piece by piece."""
from __future__ import annotations

import asyncio
from typing import Any, Protocol

from krakpy_sdk import UpstreamError

from krakpy.client.exchange import Exchange
from krakpy.client.response_head import Head
from krakpy.direct import Flow, Outlet

#: what event loops read at a time
_READ_BYTES = 250 * 1024


class Tap(Protocol):
    """The connection that a body comes from."""

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...
    def close(self) -> None: ...


class Sink(Protocol):
    """Takes the payload of one answer."""

    def push(self, piece: bytes) -> None: ...
    def end(self) -> None: ...
    def fail(self, error: BaseException) -> None: ...


def too_large(max_bytes: int) -> UpstreamError:
    """The error for a body above the limit (C-11)."""
    return UpstreamError(f"the backend's answer has more than {max_bytes} bytes")


class Collected:
    """Keeps the pieces until the body is whole, then resolves the exchange with it."""

    __slots__ = ("_exchange", "_head", "_left", "_max_bytes", "_pieces")

    def __init__(self, exchange: Exchange[Any], head: Head, max_bytes: int) -> None:
        self._exchange = exchange
        self._head = head
        self._max_bytes = max_bytes
        self._left = max_bytes
        self._pieces: list[bytes] = []

    def push(self, piece: bytes) -> None:
        """Keeps one more piece; UpstreamError above the limit."""
        self._left -= len(piece)
        if self._left < 0:
            raise too_large(self._max_bytes)
        self._pieces.append(piece)

    def end(self) -> None:
        """The body is whole."""
        head = self._head
        self._exchange.set_result(self._exchange.make(head.status, head.headers, b"".join(self._pieces), None))

    def fail(self, error: BaseException) -> None:
        """The body will never be whole."""
        self._exchange.fail(error)


class Relay:
    """Keeps what the reader has not taken yet; the connection is paused as long as one more read could exceed
    `max_bytes`, what the reader has taken and is still passing on included. With an outlet it keeps nothing.
    """

    __slots__ = ("_error", "_is_ended", "_is_paused", "_max_bytes", "_outlet", "_pieces", "_size", "_tap", "_waiter")

    def __init__(self, tap: Tap, max_bytes: int) -> None:
        self._tap: Tap | None = tap
        self._max_bytes = max_bytes - _READ_BYTES
        self._pieces: list[bytes] = []
        self._size = 0
        self._is_paused = False
        self._is_ended = False
        self._error: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._outlet: Outlet | None = None

    def push(self, piece: bytes) -> None:
        """Passes one more piece on, or keeps it for the reader."""
        if self._outlet is not None:
            if not self._outlet.push(piece):
                self._pause()
            return
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > self._max_bytes:
            self._pause()
        self._wake()

    def end(self) -> None:
        """The body is whole; the connection belongs to others from now on."""
        self.resume()
        self._tap = None
        self._is_ended = True
        self._wake()
        self._finish()

    def fail(self, error: BaseException) -> None:
        """The body will never be whole: the reader gets what there is, then the error."""
        self._error = error
        self.end()

    def close(self) -> None:
        """Nobody reads on: closes the connection if the body is not whole."""
        tap = self._tap
        self._tap = self._outlet = None
        self._is_ended = True
        self._pieces.clear()
        if tap is not None:
            tap.close()

    def beginning(self) -> bytes:
        """The first piece that waits, if any does."""
        return self._pieces[0] if self._pieces else b""

    def pour(self, outlet: Outlet) -> None:
        """From now on there is no reader, but this."""
        self._outlet = outlet
        pieces, self._pieces, self._size = self._pieces, [], 0
        is_ready = True
        for piece in pieces:
            is_ready = outlet.push(piece)
        if self._is_ended:
            self._finish()
        elif is_ready:
            self.resume()
        else:
            self._pause()

    @property
    def is_plain(self) -> bool:
        """Whether there may be a descriptor to write to."""
        return self._outlet is not None and self._outlet.is_plain

    def descriptor(self, size: int) -> int:
        """What so many bytes may be written to just now, past this; -1: nothing."""
        return -1 if self._outlet is None else self._outlet.descriptor(size)

    def room(self) -> int:
        """How many bytes would be taken there at once, as far as is known."""
        return 0 if self._outlet is None else self._outlet.room()

    def passed(self, size: int) -> None:
        """So many were."""
        if self._outlet is not None:
            self._outlet.passed(size)

    async def take(self) -> bytes:
        """Everything that is there, waiting for the first piece; StopAsyncIteration at the end."""
        while not self._pieces:
            if self._error is not None:
                raise self._error
            if self._is_ended:
                raise StopAsyncIteration
            # NOTE: not before: a reader who comes for more has passed on what it took
            self.resume()
            await self._more()
        pieces = self._pieces
        piece = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        self._size = 0
        return piece

    async def _more(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            self._waiter = None

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _finish(self) -> None:
        outlet, self._outlet = self._outlet, None
        if outlet is None:
            return
        if self._error is None:
            outlet.end()
        else:
            outlet.fail(self._error)

    def _pause(self) -> None:
        if not self._is_paused and self._tap is not None:
            self._is_paused = True
            self._tap.pause_reading()

    def resume(self) -> None:
        """More is wanted again."""
        if self._is_paused and self._tap is not None:
            self._is_paused = False
            self._tap.resume_reading()


class BodyStream(Flow):
    """The pieces of a body as they come; raises where the body is cut off, so that truncation never looks like an end.

    Dropping it, `aclose()` and cancelling its reader close the connection unless the body is whole.
    """

    __slots__ = ("_relay",)

    def __init__(self, relay: Relay, until: float) -> None:
        self._relay = relay
        self.until = until

    async def __anext__(self) -> bytes:
        return await self._relay.take()

    def beginning(self) -> bytes:
        return self._relay.beginning()

    def pour(self, outlet: Outlet) -> None:
        self._relay.pour(outlet)

    def go_on(self) -> None:
        self._relay.resume()

    def close(self) -> None:
        self._relay.close()

    async def aclose(self) -> None:
        """Gives up the rest."""
        self._relay.close()

    def __del__(self) -> None:
        # NOTE: the connection knows the relay only, so a stream that nobody holds is collected at once
        self._relay.close()
