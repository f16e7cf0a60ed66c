"""Moves the body of an answer from its connection to the client's without having it pass through this process.

    bypass = Bypass(transport, descriptor, pipe, 64 * 1024)
    bypass.move(connection, framing, relay)     # what can be moved now
    bypass.leave(connection)                    # it is read as usual again

The connection is read in small pieces as long as it is bypassed. A piece that is full means that more is waiting, and
the kernel hands that over by itself (Linux: splice). PERF: a body of 1 MiB takes 150 µs, where reading and writing it
take 450. It needs two sockets without TLS and a body of a known length.
"""
from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from typing import Protocol

#: a piece from this size on may have more behind it that is worth to be moved
LARGE_BYTES = 8 * 1024
#: how much is read where more is expected to be moved
_READ_BYTES = 16 * 1024
#: how much is moved at a time, at most
_PIPE_BYTES = 256 * 1024
#: less than this at a time, and there is nothing more for the moment
_LITTLE = 32 * 1024
#: moves before others have their turn
_MOVES = 8
_AT_ONCE = getattr(os, "SPLICE_F_NONBLOCK", 0) | getattr(os, "SPLICE_F_MOVE", 0)


class Body(Protocol):
    """A body of a known length."""

    left: int
    def skip(self, size: int) -> None: ...


class Target(Protocol):
    """Where it goes."""

    @property
    def is_plain(self) -> bool: ...
    def descriptor(self, size: int) -> int: ...
    def room(self) -> int: ...
    def passed(self, size: int) -> None: ...
    def push(self, piece: bytes) -> None: ...


class Pipe:
    """What bytes are moved through; empty between two moves, so that one serves all connections of a pool."""

    def __init__(self) -> None:
        self._ends: tuple[int, int] | None = None
        self._is_possible = hasattr(os, "splice")

    def is_open(self) -> bool:
        """Whether there is one; opens it the first time."""
        if self._ends is None and self._is_possible:
            try:
                self._ends = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
            except OSError:
                # NOTE: out of descriptors: bodies are read and written meanwhile
                return False
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._ends[1], fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        return self._ends is not None

    def close(self) -> None:
        """Closes it for good."""
        self._is_possible = False
        ends, self._ends = self._ends, None
        for end in ends or ():
            os.close(end)

    def move(self, source: int, target: int, most: int) -> tuple[int, bytes]:
        """Move bytes from one socket to another: how many were taken, and those of them that the other did not take.

        Errors of either are for those to find out who read and write it otherwise.
        """
        if self._ends is None:
            return 0, b""
        begin, end = self._ends
        try:
            taken = left = os.splice(source, end, min(most, _PIPE_BYTES), flags=_AT_ONCE)
        except OSError:
            return 0, b""
        while left:
            try:
                moved = os.splice(begin, target, left, flags=_AT_ONCE)
            except OSError:
                break
            left -= moved
        return taken, _drained(begin, left) if left else b""


def _drained(begin: int, size: int) -> bytes:
    pieces = []
    while size:
        pieces.append(os.read(begin, size))
        size -= len(pieces[-1])
    return b"".join(pieces)


class Bypass:
    """One connection: its transport, and the descriptor beneath.

    What is taken of it fits where it goes to, as far as is known, or is no more than `most_held` bytes, which can be
    kept for a client that does not read.
    """

    __slots__ = ("_descriptor", "_is_plain", "_most_held", "_pipe", "_transport", "is_used")

    def __init__(self, transport: asyncio.Transport, descriptor: int, pipe: Pipe, most_held: int) -> None:
        self._transport = transport
        self._descriptor = descriptor
        self._is_plain = transport.get_extra_info("sslcontext") is None
        self._pipe = pipe
        self._most_held = most_held
        self.is_used = False
        """Whether the connection is read in small pieces."""

    def move(self, connection: asyncio.Protocol, body: Body, target: Target) -> None:
        """Move as much of a body as waits and is taken, if it can be moved and is worth it."""
        if body.left < LARGE_BYTES or not (self._is_plain and target.is_plain and self._pipe.is_open()):
            return
        if not self.is_used:
            self.is_used = True
            self._read_with(SmallReads(connection))
        room = target.room()
        for _ in range(_MOVES):
            place = target.descriptor(body.left)
            if place < 0:
                return
            most = min(body.left, max(room, self._most_held))
            taken, rest = self._pipe.move(self._descriptor, place, most)
            room -= taken
            body.skip(taken)
            target.passed(taken - len(rest))
            if rest:
                target.push(rest)
            if taken < _LITTLE or not body.left:
                return

    def leave(self, connection: asyncio.Protocol) -> None:
        """Have the connection read as usual again."""
        self.is_used = False
        self._read_with(connection)

    def _read_with(self, reader: asyncio.BaseProtocol) -> None:
        # NOTE: event loops look at who reads when reading begins
        is_reading = self._transport.is_reading()
        if is_reading:
            self._transport.pause_reading()
        self._transport.set_protocol(reader)
        if is_reading:
            self._transport.resume_reading()


class SmallReads(asyncio.BufferedProtocol):
    """Stands in for a connection, so that little is read at a time; the rest is to be moved."""

    def __init__(self, connection: asyncio.Protocol) -> None:
        self._connection = connection
        self._view = memoryview(bytearray(_READ_BYTES))

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  event loops ask for more
        return self._view

    def buffer_updated(self, nbytes: int) -> None:
        self._connection.data_received(bytes(self._view[:nbytes]))

    def eof_received(self) -> bool | None:
        return self._connection.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connection.connection_lost(exc)

    def pause_writing(self) -> None:
        self._connection.pause_writing()

    def resume_writing(self) -> None:
        self._connection.resume_writing()
