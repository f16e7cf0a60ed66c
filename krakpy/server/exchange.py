"""One request and its answer, as the application sees them: by ASGI 3, or as a `krakpy.direct.Client`.

    exchange = Exchange(connection, service, "GET", minor=1, closes=False)
    exchange.begin(scope)
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any

from krakpy_sdk import Scope
from krakpy_sdk.seats import Message

from krakpy import logs
from krakpy.direct import Express, Fields, Flow, Poured
from krakpy.server.answer import (
    BODILESS,
    CLOSE,
    IN_CHUNKS,
    KEEP,
    NO_BODY,
    STATUS_LINES,
    UNTIL_CLOSE,
    framed,
    lined,
    status_line,
)
from krakpy.server.hearing import Hearing
from krakpy.server.outlet import Outlet
from krakpy.server.service import Service
from krakpy.server.wire import Wire

LOG = logging.getLogger("krakpy.server")

#: bodies from this size on are not copied behind their heads
_LARGE = 64 * 1024


class Exchange(Hearing):
    """One request and its answer."""

    __slots__ = ("_is_head", "_left", "_minor", "_start", "closes")

    def __init__(self, wire: Wire, service: Service, method: str, minor: int, closes: bool) -> None:
        self._wire = wire
        self._service = service
        self._is_head = method == "HEAD"
        self._minor = minor
        self._start: Message | None = None
        self._left: int | None = None
        self._has_ended = False
        self._readers = None
        self._awaited = None
        self._work = None
        self.closes = closes
        """Whether the answer announces, or is, the end of its connection; final when the answer has begun."""
        self.intake = None
        self.is_answered = False
        self.is_gone = False
        self.task = None

    @property
    def has_begun(self) -> bool:
        """Whether a part of the answer was written."""
        return self._left is not None

    def begin(self, scope: Scope) -> None:
        """Have the application answer."""
        begin = self._service.begin
        try:
            if begin is not None and begin(scope, self):
                return
        except Exception as error:  # noqa: BLE001  whatever it is, the client has to see that there is no answer
            self.fail(error)
            return
        self._work = self._serve(scope)
        self.run(self._work)

    def speed(self, express: Express, method: str, path: bytes, query: bytes, fields: Fields) -> bool:
        """Have the application answer on its shortest way, if it can."""
        try:
            return express(method, path, query, fields, self)
        except Exception as error:  # noqa: BLE001  as above
            self.fail(error)
            return True

    @property
    def peer(self) -> Any:
        """The client's address."""
        return self._wire.peer

    async def _serve(self, scope: Scope) -> None:
        await self._service.app(scope, self.receive, self.send)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Answer with what a task sends."""
        self._awaited = None
        self.task = self._service.loop.create_task(self._run(work))

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            # NOTE: the client has left, or the application has broken its answer off and told why itself
            pass
        except Exception as error:  # noqa: BLE001  whatever it is, the client has to see that there is no answer
            self._report(error)
        self.break_off()

    def fail(self, error: Exception) -> None:
        """There will be no complete answer, because of this."""
        self._report(error)
        self.break_off()

    def break_off(self) -> None:
        """There will be no more of the answer, whole or not."""
        if not self.is_answered and not self.is_gone:
            self._wire.unanswered(has_begun=self.has_begun)

    def _report(self, error: Exception) -> None:
        if not self.is_gone:
            # SECURITY: what an error says of itself may hold anything, the request's secrets too
            debugging = error if LOG.isEnabledFor(logging.DEBUG) else None
            logs.event(LOG, logging.ERROR, "application failed", exc_info=debugging, error=type(error).__name__)

    def send(self, message: Message) -> Awaitable[None]:
        """Take the next part of the answer; wait for what it gives before the next one."""
        kind = message["type"]
        if self.is_gone:
            raise ConnectionResetError("the client has left")
        if kind == "http.response.body":
            self._send_body(message.get("body", b""), message.get("more_body", False))
        elif kind == "http.response.start" and self._start is None:
            self._start = message
        else:
            raise RuntimeError(f"not now: {kind}")
        return self._wire.drained() if self._wire.is_stalled else self._service.done

    def answer(self, status: int, fields: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        """Take the whole answer; its fields say nothing of its length."""
        if self.is_gone:
            return
        self._awaited = None
        try:
            text = self._service.text(status, fields)
            if text.written is None or self._is_head or not self._minor or len(body) >= _LARGE:
                self._answer_with_care(status, fields, body)
            else:
                self._answer(text.written, b"" if text.has_date else self._service.date, body)
        except Exception as error:  # noqa: BLE001  whatever it is, the client has to see that there is no answer
            self.fail(error)

    def stream(self, status: int, fields: Sequence[tuple[bytes, bytes]], flow: Flow, poured: Poured) -> None:
        """Take an answer whose body is on its way."""
        outlet = Outlet(self, self._wire, flow, poured)
        self._awaited = outlet
        if self.is_gone:
            outlet.cancel()
            return
        self._start = {"type": "http.response.start", "status": status, "headers": fields}
        outlet.open()

    @property
    def left(self) -> int:
        """How many bytes of the body are to come, where its length is known; else not more than 0."""
        return self._left or 0

    def passed(self, size: int) -> None:
        """So many bytes of it were written past this."""
        self._left = self.left - size

    def _answer(self, text: bytes, date: bytes, body: bytes) -> None:
        """Write an ordinary answer: status line and fields, and a body of a known length."""
        if self.has_begun:
            raise RuntimeError("the answer has begun already")
        service, intake = self._service, self.intake
        if service.is_draining or (intake is not None and not intake.keeps):
            self.closes = True
        end = CLOSE if self.closes else b"\r\n"
        self._left = 0
        self.is_answered = True
        self._wire.write(b"%bcontent-length: %d\r\n%b%b%b" % (text, len(body), date, end, body))
        if self._readers:
            self.wake()
        self._wire.answered()

    def _answer_with_care(self, status: int, fields: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        sized = fields if status in NO_BODY else (*fields, (b"content-length", b"%d" % len(body)))
        self.send({"type": "http.response.start", "status": status, "headers": sized})
        self._send_body(body, False)

    def _send_body(self, body: bytes, more: bool) -> None:
        if self.is_answered:
            raise RuntimeError("the answer is complete already")
        if self._left is None:
            self._begin(body, more)
        elif body:
            self._go_on(body)
        if more:
            return
        if self._left:
            self._end(self._left)
        self.is_answered = True
        if self._readers:
            self.wake()
        self._wire.answered()

    def _begin(self, body: bytes, more: bool) -> None:
        """Write the head, and what there is of the body."""
        if self._start is None:
            raise RuntimeError("the answer has no start")
        status: int = self._start["status"]
        service = self._service
        text, own = lined(self._start.get("headers", ()), service.lines)
        left, framing = framed(status, own, None if more else len(body), is_head=self._is_head, minor=self._minor)
        if len(body) > left >= 0:
            raise ValueError(f"a body of {len(body)} bytes has a content-length of {left}")
        closes = self.closes = (
            self.closes
            or service.is_draining
            or left == UNTIL_CLOSE
            or (b"connection" in own and b"close" in own[b"connection"].lower())
            or (self.intake is not None and not self.intake.keeps)
        )
        parts = [
            STATUS_LINES.get(status) or status_line(status),
            text,
            b"" if b"date" in own else service.date,
            framing,
            CLOSE if closes else b"\r\n" if self._minor else KEEP,
        ]
        self._left = left
        if left >= 0 and len(body) < _LARGE:
            # PERF: one write for the whole of a small answer
            self._left = left - len(body)
            parts.append(body)
            body = b""
        if body and left >= 0:
            self._left = left - len(body)
            self._wire.write_parts([b"".join(parts), body])
            return
        self._wire.write(b"".join(parts))
        if body and left != BODILESS:
            self._go_on(body)

    def _end(self, left: int) -> None:
        """Write the end of a body whose length was not known; RuntimeError where one that was is not reached."""
        if left > 0:
            raise RuntimeError(f"the answer is {left} bytes shorter than its content-length")
        if left == IN_CHUNKS:
            self._wire.write(b"0\r\n\r\n")

    def _go_on(self, body: bytes) -> None:
        """Write a further piece of the body."""
        left = self._left
        if left == IN_CHUNKS:
            self._wire.write_parts([b"%x\r\n" % len(body), body, b"\r\n"])
        elif left == UNTIL_CLOSE:
            self._wire.write(body)
        elif left is not None and left >= 0:
            if len(body) > left:
                raise RuntimeError(f"the answer is {len(body) - left} bytes longer than its content-length")
            self._left = left - len(body)
            self._wire.write(body)
