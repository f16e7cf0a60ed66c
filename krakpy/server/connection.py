"""A client's connection: when it is read, written to, waited for and left. What is said on it is `protocol`'s.

A connection ends in one of three ways: it is closed when all is written; it lingers, so that a client which still
sends sees why it was refused; or it is aborted, so that the client sees that an answer is not whole.
"""
from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import struct
import termios
from abc import ABC, abstractmethod
from collections.abc import Awaitable
from math import inf
from typing import Any

from krakpy.server.intake import MOST_DROPPED
from krakpy.server.refusals import Refusal
from krakpy.server.service import TICK_S, Service

#: what a slow reader has to take within each `write_deadline_s`
_PROGRESS_BYTES = 16 * 1024
#: what may wait within TLS although the client is not behind
_TLS_HOLDS_BYTES = 4 * 1024

_INT = struct.Struct("i")
#: Linux: what a socket holds, of which `wmem_alloc`, `sndbuf` and `wmem_queued` (linux/sock_diag.h)
_SO_MEMINFO = 55
_MEMINFO = struct.Struct("8xII4xI")

#: how a socket is told to end with a reset: do not linger, not even for what is unsent
_RESET = struct.pack("ii", 1, 0)


class Connection(asyncio.Protocol, ABC):
    """A transport with deadlines, which are times of the service's clock."""

    def __init__(self, service: Service) -> None:
        self.deadline = inf
        self.is_stalled = False
        self._service = service
        self._limits = service.limits
        self._transport: Any = None
        self._is_closing = False
        self._is_closed = False
        self._is_paused = False
        self._paused_at = 0.0
        self._stalled_at = 0.0
        self._unsent = 0
        self._dropped = 0
        self._writers: list[asyncio.Future[None]] = []
        self._descriptor: int | None = None

    # ---- its beginning and its end

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        peer, own = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self.peer = tuple(peer[:2]) if isinstance(peer, tuple) else None
        self._server = tuple(own[:2]) if isinstance(own, tuple) else (own, None) if own else None
        self._scheme = "https" if transport.get_extra_info("sslcontext") else "http"
        self._address: str = self.peer[0] if self.peer else ""
        is_admitted = self._service.room.admit(self, self._address)
        if is_admitted is None:
            self.abort()
        elif not is_admitted:
            self.refuse(Refusal.BUSY)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's own name
        self._is_closing = True
        self.deadline = inf
        self._service.room.leave(self, self._address)
        self.resume_writing()

    def refuse(self, refusal: Refusal) -> None:
        """Answer this and nothing more."""
        self._service.refused[refusal.status] += 1
        self._transport.write(refusal.answer(self._service.date))
        self.close(lingers=True)

    def close(self, *, lingers: bool) -> None:
        """End when everything is written; where the client may still send, not before it has seen that."""
        if self._is_closing:
            return
        self._is_closing = True
        self._resume_reading()
        if not lingers:
            self._end()
            return
        self.deadline = self._service.now + TICK_S + self._limits.linger_s
        if self._transport.can_write_eof():
            self._transport.write_eof()

    def abort(self) -> None:
        """End now, without a clean end."""
        self._is_closing = True
        self._transport.abort()

    def reset(self) -> None:
        """End now, and have the kernel drop what the client has not taken."""
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.abort()

    def _end(self) -> None:
        self._is_closed = True
        self.deadline = self._service.now + TICK_S + self._limits.write_deadline_s
        self._transport.close()

    def _drop(self, size: int) -> None:
        """The client still sends although nobody listens any more."""
        self._dropped += size
        if self._dropped > MOST_DROPPED:
            self._end()

    def _expire_closing(self, now: float) -> None:
        if self._is_progressing():
            self.deadline = now + self._limits.write_deadline_s
        elif self._is_closed:
            self.reset()
        else:
            self._end()

    # ---- writing

    def write(self, data: bytes) -> None:
        """Send it as soon as the client takes it."""
        self._transport.write(data)

    def write_parts(self, parts: list[bytes]) -> None:
        """Send these one after the other."""
        self._transport.writelines(parts)

    def hold_little(self, is_little: bool) -> None:
        """Count the client as behind as soon as anything waits for it; or again only when that is much."""
        if self._transport.is_closing():
            return
        if not is_little:
            self._transport.set_write_buffer_limits()
        else:
            # NOTE: TLS always holds a little of what it is given
            self._transport.set_write_buffer_limits(0 if self._scheme == "http" else _TLS_HOLDS_BYTES, 0)

    @property
    def is_plain(self) -> bool:
        """Whether what is written is what goes over the network."""
        if self._descriptor is None:
            own = self._transport.get_extra_info("socket") if self._scheme == "http" else None
            self._descriptor = own.fileno() if own is not None else -1
        return self._descriptor >= 0

    def descriptor(self) -> int:
        """What can be written to past the transport just now, because nothing waits in it; -1: nothing."""
        # SECURITY: the number of a descriptor that is closed may be another client's by now
        if not self.is_plain or self._transport.is_closing() or self._transport.get_write_buffer_size():
            return -1
        return self._descriptor if self._descriptor is not None else -1

    def room(self) -> int:
        """How many bytes the kernel would take at once, as far as it tells."""
        try:
            told = self._transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
        except (OSError, AttributeError):
            return 0
        written, most, queued = _MEMINFO.unpack(told)
        free: int = most - max(written, queued)
        return max(0, free)

    def drained(self) -> Awaitable[None]:
        """Wait for this before writing more."""
        writer: asyncio.Future[None] = self._service.loop.create_future()
        self._writers.append(writer)
        return writer

    def pause_writing(self) -> None:
        self.is_stalled = True
        self._stalled_at = self._service.now
        self._unsent = self._untaken()
        self._schedule()

    def resume_writing(self) -> None:
        self.is_stalled = False
        writers, self._writers = self._writers, []
        for writer in writers:
            if not writer.done():
                writer.set_result(None)

    def _is_progressing(self) -> bool:
        """Whether the client has taken some of what waits for it since this was last asked."""
        before, self._unsent = self._unsent, self._untaken()
        return self._unsent <= before - _PROGRESS_BYTES

    def _untaken(self) -> int:
        """How many bytes the client has not acknowledged, as far as is known."""
        size: int = self._transport.get_write_buffer_size()
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            # NOTE: the kernel's buffer grows, and what only moves there the client has not taken
            with contextlib.suppress(OSError):
                size += _INT.unpack(fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(_INT.size)))[0]
        return size

    # ---- reading

    def _pause_reading(self) -> None:
        if not self._is_paused:
            self._is_paused = True
            self._paused_at = self._service.now
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()

    # ---- what depends on what is said

    @abstractmethod
    def expire(self, now: float) -> None:
        """The deadline is over."""

    @abstractmethod
    def drain(self, deadline: float) -> None:
        """Wait for a request no longer than that."""

    @abstractmethod
    def _schedule(self) -> None:
        """Set the deadline anew."""
