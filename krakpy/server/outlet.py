"""The client's end of a body that comes from an upstream: what is pushed is written, and the upstream waits for it.

    Outlet(exchange, wire, flow, poured).open()
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from krakpy_sdk.seats import Message

from krakpy.direct import Cancellable, Flow, Poured
from krakpy.server.wire import Wire


class Exchange(Protocol):
    """What it needs of the request that is answered."""

    is_gone: bool

    @property
    def left(self) -> int: ...
    def send(self, message: Message) -> Awaitable[None]: ...
    def passed(self, size: int) -> None: ...
    def waits_for(self, future: Cancellable | None) -> None: ...
    def fail(self, error: Exception) -> None: ...
    def break_off(self) -> None: ...


class Outlet:
    """One body; over when it has ended or failed, or when the client has left."""

    __slots__ = ("_exchange", "_flow", "_poured", "_size", "_wire", "is_plain")

    def __init__(self, exchange: Exchange, wire: Wire, flow: Flow, poured: Poured) -> None:
        self._exchange = exchange
        self._wire = wire
        self._flow: Flow | None = flow
        self._poured = poured
        self._size = 0
        self.is_plain = wire.is_plain

    def open(self) -> None:
        """Let it come."""
        # NOTE: the upstream waits as soon as the client does, so that what waits here is one read of the upstream's
        self._wire.hold_little(True)
        if self._flow is not None:
            self._flow.pour(self)

    def push(self, piece: bytes) -> bool:
        """Write a piece; False: no more before the flow is told to go on."""
        if self._flow is None:
            return False
        self._size += len(piece)
        taken = self._sent(piece, more=True)
        if taken is None:
            self.cancel()
        elif self._wire.is_stalled:
            asyncio.ensure_future(taken).add_done_callback(self._go_on)
        else:
            return True
        return False

    def descriptor(self, size: int) -> int:
        """What so many bytes may be written to just now; -1: nothing."""
        if self._flow is None or self._exchange.left < size:
            return -1
        return self._wire.descriptor()

    def room(self) -> int:
        """How much would be taken there at once, as far as is known."""
        return self._wire.room()

    def passed(self, size: int) -> None:
        """So many were."""
        self._size += size
        self._exchange.passed(size)

    def end(self) -> None:
        """The body is whole."""
        if self._is_over():
            self._wire.hold_little(False)
            self._sent(b"", more=False)
            self._poured(self._size, None)

    def fail(self, error: BaseException) -> None:
        """The body will never be whole, which the client sees by the end of its connection."""
        if self._is_over():
            self._poured(self._size, error)
            self._exchange.break_off()

    def cancel(self) -> None:
        """The client has left, or what it is answered makes no sense."""
        flow = self._flow
        if self._is_over() and flow is not None:
            flow.close()
            self._poured(self._size, None)

    def _sent(self, piece: bytes, *, more: bool) -> Awaitable[None] | None:
        """What to wait for before the next piece; None if there will be none."""
        try:
            return self._exchange.send({"type": "http.response.body", "body": piece, "more_body": more})
        except Exception as error:  # noqa: BLE001  whatever it is, the client has to see that there is no answer
            self._exchange.fail(error)
            return None

    def _is_over(self) -> bool:
        """Whether it was not before, and is now."""
        flow, self._flow = self._flow, None
        self._exchange.waits_for(None)
        return flow is not None

    def _go_on(self, _: object) -> None:
        if self._flow is not None and not self._wire.is_stalled and not self._exchange.is_gone:
            self._flow.go_on()
