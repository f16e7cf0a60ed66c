"""One connection to an origin: writes one request, reads one answer, and is reused only when it is beyond doubt.

It serves one exchange at a time. What the bytes mean is decided elsewhere (`response_head`, `framing`); where the body
goes as well (`body`).
"""
from __future__ import annotations

import asyncio
import math
import select
from collections.abc import Callable
from typing import Any, cast

from krakpy_sdk import Refused, Timeout, UpstreamError

from krakpy.client.alarm import Alarm
from krakpy.client.body import BodyStream, Collected, Relay, Sink, too_large
from krakpy.client.bypass import LARGE_BYTES, Bypass
from krakpy.client.exchange import DEADLINE_EXCEEDED, Exchange, late_head
from krakpy.client.framing import Framing, Sized, framing_of
from krakpy.client.keeper import Keeper
from krakpy.client.request_body import EXPECTATION
from krakpy.client.response_head import Head, check_beginning, check_interim
from krakpy.client.upload import Upload, write_whole


class Connection(asyncio.Protocol):
    """A connection; `send` starts an exchange, everything else follows from what the backend does."""

    __slots__ = (
        "_alarm", "_bypass", "_deadline", "_exchange", "_framing", "_head_by", "_held", "_interim",
        "_is_persistent", "_keeper", "_limits", "_loop", "_poll", "_sink", "_transport", "_upload",
        "_write", "is_closed", "is_reused",
    )  # fmt: skip
    _transport: asyncio.Transport
    _write: Callable[[bytes], None]
    _poll: Callable[[int], list[tuple[int, int]]]

    def __init__(self, keeper: Keeper[Connection], *, loop: asyncio.AbstractEventLoop) -> None:
        self._keeper = keeper
        self._limits = keeper.limits
        self._loop = loop
        self._exchange: Exchange[Any] | None = None
        self._framing: Framing | None = None
        self._sink: Sink | None = None
        self._upload: Upload | None = None
        self._held = b""
        self._interim = 0
        self._is_persistent = False
        self._alarm = Alarm(self._due, self._ring, loop=loop)
        self._deadline = self._head_by = math.inf
        self.is_closed = False
        self.is_reused = False

    def is_quiet(self) -> bool:
        """Whether it can take a request: open, and not one byte, nor an end, waits to be read (C-17, C-18, C-19)."""
        # PERF: 0.3 µs; a peek at the socket takes 0.9. It closes the gap in which the loop has not seen the byte yet.
        return not self.is_closed and not self._poll(0) and not self._transport.is_closing()

    def send(self, exchange: Exchange[Any]) -> None:
        """Writes the request at once and answers the exchange when the time comes."""
        self._exchange = exchange
        exchange.holder = self
        due = self._deadline = exchange.deadline
        body = exchange.body
        if self._keeper.header_timeout_s and (body is None or isinstance(body, bytes)):
            # NOTE: before anything is written, which may find that the connection takes no more for the moment
            self._await_head()
        if body is None:
            self._write(exchange.head)
        elif isinstance(body, bytes):
            write_whole(exchange.head, body, self._write)
        else:
            self._write(exchange.head)
            self._upload = Upload(body, self._write, self._await_head, self.fail, loop=self._loop)
            if EXPECTATION in exchange.head:
                self._upload.hold(self._keeper.continue_timeout_s)
        if due < self._alarm.at:
            self._alarm.set(due)

    def rest(self, until: float) -> None:
        """Closes itself at this time, unless it has work then."""
        self._deadline = until
        if until < self._alarm.at:
            self._alarm.set(until)

    def drop(self, exchange: Exchange[Any]) -> None:  # noqa: ARG002 - it has one at a time
        """The exchange is cancelled: its answer may still come, so the connection is of no more use (C-24)."""
        self.close()

    def close(self) -> None:
        """Ends the connection and forgets the exchange, without a word to it."""
        if not self.is_closed:
            self.is_closed = True
            self._detach()
            self._alarm.cancel()
            self._keeper.forget(self)
            self._transport.abort()

    def fail(self, error: BaseException) -> None:
        """Ends the connection, and the exchange with this error."""
        exchange, sink = self._exchange, self._sink
        self.close()
        if sink is not None:
            sink.fail(error)
        elif exchange is not None:
            exchange.fail(error)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # NOTE: uvloop's transports are no asyncio.Transport, they only behave like one
        self._transport = cast("asyncio.Transport", transport)
        self._write = self._transport.write
        poll = select.poll()
        descriptor = transport.get_extra_info("socket").fileno()
        poll.register(descriptor, select.POLLIN)
        self._poll = poll.poll
        self._bypass = Bypass(self._transport, descriptor, self._keeper.pipe, self._limits.max_buffered_bytes)

    def data_received(self, data: bytes) -> None:
        framing, exchange = self._framing, self._exchange
        try:
            if framing is not None:
                self._read_body(framing, data)
            elif exchange is not None:
                self._read_head(exchange, data)
            else:
                # SECURITY: nobody asked: the next caller must never see these bytes (C-18)
                self.close()
        except UpstreamError as error:
            self.fail(error)

    def eof_received(self) -> None:
        self._lost(is_announced=True)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - an end without an EOF is none either
        # NOTE: this is how uvloop tells of TLS that ends without close_notify: anybody may have cut it (C-22)
        self._lost(is_announced=False)

    def pause_writing(self) -> None:
        self._head_by = math.inf
        if self._upload is not None:
            self._upload.pause()

    def resume_writing(self) -> None:
        if self._upload is None:
            self._await_head()
        else:
            self._upload.resume()

    def pause_reading(self) -> None:
        """The reader is slower than the backend."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """The reader has caught up."""
        if not self.is_closed:
            self._transport.resume_reading()

    def _await_head(self) -> None:
        """The request is written: an answer that has not begun has `response_header_timeout` from now on."""
        if self._keeper.header_timeout_s and self._exchange is not None and self._framing is None:
            self._head_by = self._loop.time() + self._keeper.header_timeout_s
            if self._head_by < self._alarm.at:
                self._alarm.set(self._head_by)

    def _read_head(self, exchange: Exchange[Any], data: bytes) -> None:
        if self._held:
            data = self._held + data
        while True:
            end = data.find(b"\r\n\r\n") + 4
            if end == 3:
                check_beginning(data, max_bytes=self._limits.max_head_bytes)
                self._held = data
                return
            head = self._keeper.head_of(data[:end])
            if head.status >= 200:
                break
            self._interim += 1
            check_interim(head.status, self._interim, most=self._limits.max_interim)
            if head.status == 100 and self._upload is not None:
                self._upload.resume()
            data = data[end:]
        self._held = b""
        self._head_by = math.inf
        length = 0 if exchange.method == "HEAD" else head.length
        if self._bypass.is_used and not (exchange.wants_stream and length > LARGE_BYTES):
            self._bypass.leave(self)
        # PERF: the usual case is a whole answer in one segment; it needs neither framing nor sink
        if len(data) - end == length <= self._limits.max_body_bytes:
            self._finish(exchange, head, data[end:], head.is_persistent)
        else:
            self._begin_body(exchange, head, length, data[end:])

    def _begin_body(self, exchange: Exchange[Any], head: Head, length: int, data: bytes) -> None:
        max_bytes = math.inf if exchange.wants_stream else self._limits.max_body_bytes
        framing = framing_of(length)
        payload = framing.feed(data)
        if max(length, len(payload)) > max_bytes:
            raise too_large(self._limits.max_body_bytes)
        if framing.is_complete:
            self._finish(exchange, head, payload, head.is_persistent and not framing.has_extra)
            return
        self._framing = framing
        self._is_persistent = head.is_persistent
        relay = Relay(self, self._limits.max_buffered_bytes) if exchange.wants_stream else None
        sink = self._sink = relay or Collected(exchange, head, self._limits.max_body_bytes)
        if payload:
            sink.push(payload)
        if relay is not None:
            # NOTE: forgotten from here on, because it holds the stream, whose end of life has to be noticed
            exchange.holder = self._exchange = None
            exchange.set_result(exchange.make(head.status, head.headers, None, BodyStream(relay, exchange.deadline)))
            self._go_on(framing, len(payload))

    def _read_body(self, framing: Framing, data: bytes) -> None:
        payload = framing.feed(data)
        if payload and self._sink is not None:
            self._sink.push(payload)
        self._go_on(framing, len(payload))

    def _go_on(self, framing: Framing, size: int) -> None:
        """What comes after a piece: the end, or, if it was large, more that waits already."""
        if size >= LARGE_BYTES and isinstance(self._sink, Relay) and isinstance(framing, Sized):
            self._bypass.move(self, framing, self._sink)
        # NOTE: who took the last piece may have closed this
        if framing.is_complete and not self.is_closed:
            self._end_body(is_reusable=self._is_persistent and not framing.has_extra)

    def _end_body(self, *, is_reusable: bool) -> None:
        sink = self._sink
        assert sink is not None
        self._let_go(is_reusable)
        sink.end()

    def _finish(self, exchange: Exchange[Any], head: Head, body: bytes, is_reusable: bool) -> None:
        self._let_go(is_reusable)
        exchange.set_result(exchange.make(head.status, head.headers, body, None))

    def _let_go(self, is_reusable: bool) -> None:
        """The answer is whole: gives the connection back, or closes it."""
        # NOTE: a backend may answer before it has read all of the request; the rest must not begin the next one
        if not is_reusable or self._is_still_sending():
            self.close()
            return
        self._detach()
        self.is_reused = True
        self._keeper.release(self)

    def _is_still_sending(self) -> bool:
        return self._transport.get_write_buffer_size() > 0 or (self._upload is not None and not self._upload.is_done)

    def _detach(self) -> None:
        if self._exchange is not None:
            self._exchange.holder = None
            self._exchange = None
        if self._upload is not None:
            self._upload.cancel()
            self._upload = None
        self._framing = self._sink = None
        self._held = b""
        self._interim = 0
        self._deadline = self._head_by = math.inf

    def _lost(self, *, is_announced: bool) -> None:
        exchange, framing = self._exchange, self._framing
        if framing is not None and framing.ends_with_connection and is_announced:
            self._end_body(is_reusable=False)
        elif framing is not None:
            self.fail(Refused("the backend closed the connection within its answer"))
        elif exchange is None:
            self.close()
        elif self._held or self._interim:
            self.fail(Refused("the backend closed the connection within the head of its answer"))
        elif self.is_reused and exchange.may_be_repeated():
            self.close()
            self._keeper.retry(exchange)
        else:
            self.fail(Refused("the backend closed the connection without an answer"))

    def _due(self) -> float:
        return min(self._deadline, self._head_by)

    def _ring(self) -> None:
        if self._exchange is None and self._framing is None:
            self.close()
        elif self._exchange is not None and self._head_by < self._deadline:
            self.fail(Timeout(late_head(self._exchange.head, self._transport)))
        else:
            self.fail(Timeout(DEADLINE_EXCEEDED))
