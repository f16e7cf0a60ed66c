"""A worker's connection to a host: frames in, one after the other, and frames out."""
from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol, cast

from krakpy_sdk.frames import FrameError, Splitter, framed

_BUFFER_BYTES = 64 * 1024

_written = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class Server(Protocol):
    """What has the connection."""

    def hello(self) -> Sequence[Any]:
        """What is said first."""

    def opened(self, connection: Connection) -> None:
        """Note a connection."""

    def closed(self, connection: Connection) -> None:
        """Forget a connection."""

    def take(self, connection: Connection, header: bytes, body: bytes) -> None:
        """Take a frame; ValueError, TypeError, KeyError or IndexError for one that is no call."""


class Connection(asyncio.BufferedProtocol):
    """One worker's connection."""

    def __init__(self, hosting: Server) -> None:
        self._hosting = hosting
        self._splitter = Splitter()
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[tuple[bytes, bytes]] = deque()
        # PERF: asyncio would allocate a quarter of a megabyte for each time that something comes
        self._buffer = bytearray(_BUFFER_BYTES)

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002  # asyncio's signature
        return self._buffer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # NOTE: an extension may bring a loop of its own, whose transports are no instances of asyncio's
        self._transport = cast(asyncio.Transport, transport)
        self._hosting.opened(self)
        self.send(self._hosting.hello())

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        self._transport = None
        self._waiting.clear()
        self._hosting.closed(self)

    def buffer_updated(self, nbytes: int) -> None:
        try:
            frames = list(self._splitter.feed(bytes(memoryview(self._buffer)[:nbytes])))
        except FrameError:
            self.abort()
            return
        is_busy = bool(self._waiting)
        self._waiting.extend(frames)
        if not is_busy and frames:
            self.go_on()

    def go_on(self) -> None:
        """Take one frame that waits; the next ones a turn later, so that pings and others are seen between them."""
        if not self._waiting:
            return
        frame = self._waiting[0]
        try:
            self._hosting.take(self, *frame)
        except (ValueError, TypeError, KeyError, IndexError):
            self.abort()
            return
        if self._waiting:
            self._waiting.popleft()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self.go_on)

    def send(self, fields: Sequence[Any], body: bytes = b"") -> None:
        """Send a frame; FrameError, TypeError or ValueError for what is none."""
        if self._transport is not None:
            self._transport.write(framed(_written(fields).encode(), body))

    def abort(self) -> None:
        """Give the connection up."""
        if self._transport is not None:
            self._transport.abort()
