"""One kept connection from a worker to one host: bytes in both directions, answers by their id.

    link = Link(on_hello=…, on_answer=…, on_leave=…, on_lost=…)
    await loop.create_unix_connection(lambda: link, path)
    link.send(frame)
"""
from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import msgspec
from krakpy_sdk.frames import WIRE, FrameError, Splitter

#: bytes that may wait to be written before the host counts as one that does not read
MAX_UNWRITTEN_BYTES = 64 * 1024 * 1024

_read = msgspec.json.Decoder(list[Any]).decode

Fields = list[Any]


class Hello(msgspec.Struct, frozen=True):
    """What a host says of itself."""

    pid: int
    serial: bool
    """Whether it begins no call before the one before it has ended."""
    problems: list[str | None] = []
    """For each instance the code of what keeps it from being called."""


class Link(asyncio.Protocol):
    """The worker's end. It is `hello` that makes it usable; whatever it cannot read ends it."""

    def __init__(
        self,
        *,
        on_hello: Callable[[Link], None],
        on_answer: Callable[[Fields, bytes], bool],
        on_leave: Callable[[Link], None],
        on_lost: Callable[[Link, str], None],
    ) -> None:
        self._on_hello = on_hello
        self._on_answer = on_answer
        self._on_leave = on_leave
        self._on_lost = on_lost
        self._splitter = Splitter()
        self._transport: asyncio.Transport | None = None
        self._breach = ""
        self._is_leaving = False
        self.hello: Hello | None = None
        self.in_flight = 0
        """Calls that were sent and are waited for."""
        self.abandoned = 0
        """Calls that were sent, given up, and not answered since."""
        self.is_lost = False

    @property
    def has_part_of_an_answer(self) -> bool:
        """Whether bytes of an answer came that is not whole."""
        return not self._splitter.is_between_frames

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # NOTE: uvloop's transports have the methods of asyncio's, and are no instances of them
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(MAX_UNWRITTEN_BYTES)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        self._transport = None
        self.is_lost = True
        self._on_lost(self, self._breach)

    def data_received(self, data: bytes) -> None:
        try:
            for header, body in self._splitter.feed(data):
                self._take(_fields(header), body)
        except (FrameError, ValueError, TypeError, IndexError) as error:
            self.give_up(f"the host sent what cannot be read: {error}")

    def _take(self, fields: Fields, body: bytes) -> None:
        first = fields[0]
        if type(first) is int and self.hello is not None:
            if not self._on_answer(fields, body):
                self.abandoned = max(0, self.abandoned - 1)
        elif first == "hello" and self.hello is None:
            self._greeted(fields)
        elif first == "leave":
            self._on_leave(self)
        else:
            raise ValueError(f"a frame that begins with {str(first)[:40]!r}")

    def _greeted(self, fields: Fields) -> None:
        _, wire, said = fields
        if wire != WIRE:
            raise ValueError(f"the host speaks version {wire!r} of the wire, and this gateway speaks {WIRE}")
        self.hello = msgspec.convert(said, Hello)
        self._on_hello(self)

    def send(self, frame: bytes) -> None:
        """Write a call; what is lost on the way is told by `on_lost`."""
        self.in_flight += 1
        if self._transport is not None:
            self._transport.write(frame)

    def give_up_waiting(self) -> None:
        """Note that a call is waited for no more; its answer may come yet."""
        self.abandoned += 1
        self.over()

    def over(self) -> None:
        """Note that a call is over."""
        self.in_flight -= 1
        if self._is_leaving and not self.in_flight:
            self.close()

    def leave(self) -> None:
        """Close when the last call is over."""
        self._is_leaving = True
        if not self.in_flight:
            self.close()

    def give_up(self, breach: str = "") -> None:
        """End the connection at once; `breach` says what the host did."""
        self._breach = self._breach or breach
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """End the connection when everything is written."""
        if self._transport is not None:
            self._transport.close()


def _fields(header: bytes) -> Fields:
    try:
        return _read(header)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # NOTE: what an extension makes of bytes that are no UTF-8 is no Unicode either, and Python's own json takes it
        fields = json.loads(header)
        if not isinstance(fields, list):
            raise TypeError("no array") from None
        return fields
