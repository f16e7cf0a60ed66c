"""HTTP/1.1 towards clients: the requests of one connection, one after the other.

    server = await loop.create_server(lambda: Protocol(service), sock=listener)

What a head or a body may be is decided in `head`, `scanning` and `body`; what an answer may be, in `exchange`.
"""
from __future__ import annotations

from urllib.parse import unquote

from krakpy_sdk import Scope

from krakpy.server.body import Chunked, Known, RefusedError
from krakpy.server.exchange import Exchange
from krakpy.server.head import CHUNKED, ORDINARY_LINE, Fields, Head, read, read_fields
from krakpy.server.intake import HIGH_WATER, Intake
from krakpy.server.patience import Patience
from krakpy.server.refusals import Refusal
from krakpy.server.scanning import Scanner
from krakpy.server.service import TICK_S, Service

_ASGI = {"version": "3.0", "spec_version": "2.4"}
_VERSIONS = ("1.0", "1.1")
#: what is told to those who are too many; they may ask again on the same connection
_BUSY = b"503 Service Unavailable"
_BUSY_FIELDS = ((b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"1"))
#: methods whose names need no look
_METHODS = {name.encode(): name for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")}


class Protocol(Patience):
    """One connection. Requests that come before the answer to the one before wait for it, up to a bound."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        limits = service.limits
        #: heads no longer than this are within every limit of size
        self._ordinary = min(limits.max_line_bytes, limits.max_url, limits.max_header_line, limits.max_header_bytes)
        self._pending = b""
        self._is_going_on = False
        self._block = b""
        self._fields: Fields | None = None

    # ---- what the event loop tells

    def data_received(self, data: bytes) -> None:
        if self._exchange is None and self._scanner is None and not self._is_closing:
            self._serve(data)
        else:
            self._take(data)

    def eof_received(self) -> bool:
        # NOTE: a client that will say no more has left (Go: the same); the transport closes itself
        self._leave()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if self._exchange is not None:
            self._service.under_way -= 1
        self._leave()
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._is_closing:
            return
        if self._exchange is not None and self._exchange.is_answered:
            self.answered()
        else:
            self._schedule()

    # ---- requests

    def _serve(self, data: bytes) -> None:
        """Begin with the next request, as far as it has come."""
        # PERF: an ordinary head is read with one match; its fields not at all where they are those of the last one
        line = ORDINARY_LINE.match(data)
        if line is not None:
            version, path, query, method = line.group(4, 2, 3, 1)
            at = line.end()
            end = data.find(b"\r\n\r\n", at - 2) + 4
            block = data[at:end]
            if version == b"1" and method in _METHODS and 4 <= end <= self._ordinary:
                fields = self._fields if block == self._block else self._remember(block)
                if fields is not None and fields.host is not None:
                    self._since = self._service.now
                    self._begin(_METHODS[method], path, query or b"", 1, fields, data[end:])
                    return
        self._scan(data)

    def _remember(self, block: bytes) -> Fields | None:
        """What these fields say, kept for the next request: a client's are often the same."""
        fields = read_fields(block)
        if isinstance(fields, Refusal) or len(fields.headers) > self._limits.max_headers or self._is_large(fields):
            return None
        self._block, self._fields = block, fields
        return fields

    def _is_large(self, fields: Fields) -> bool:
        return self._limits.max_body is not None and fields.length > self._limits.max_body

    def _scan(self, data: bytes) -> None:
        """Take a head in that is incomplete, unusual or wrong."""
        scanner = self._scanner
        if scanner is None:
            scanner = self._scanner = Scanner(self._limits)
            self._since = self._service.now
        verdict = scanner.feed(data)
        if verdict is None:
            self._schedule()
        elif isinstance(verdict, Refusal):
            self.refuse(verdict)
        else:
            self._scanner = None
            head, rest = scanner.taken(verdict)
            self._begin_read(read(head), rest)

    def _begin_read(self, head: Head | Refusal, rest: bytes) -> None:
        if isinstance(head, Refusal):
            self.refuse(head)
        elif self._is_large(head.fields):
            self.refuse(Refusal.BODY_TOO_LARGE)
        else:
            line = head.line
            self._begin(line.method.decode(), line.path, line.query, line.minor, head.fields, rest)

    def _begin(self, method: str, path: bytes, query: bytes, minor: int, fields: Fields, rest: bytes) -> None:
        """Have a request answered."""
        service = self._service
        service.under_way += 1
        closes = fields.closes or (minor == 0 and not fields.keeps)
        exchange = self._exchange = Exchange(self, service, method, minor, closes)
        self._served_at = now = service.now
        self.deadline = now + self._answer_s
        service.requests += 1
        express = service.express
        if fields.length:
            body = Chunked(self._limits) if fields.length == CHUNKED else Known(fields.length)
            self._intake = exchange.intake = Intake(body, expects=fields.expects and minor == 1, now=now)
            self._schedule()
            express = None
        if rest:
            self._take(rest)
        # NOTE: who has sent no body was refused just now; and an answer may be complete when this returns
        if service.under_way > service.most_under_way and not exchange.is_gone:
            service.shed()
            exchange.answer(503, _BUSY_FIELDS, _BUSY)
        elif not exchange.is_gone and not (express and exchange.speed(express, method, path, query, fields)):
            exchange.begin(self._scope(method, path, query, minor, fields))

    def _scope(self, method: str, path: bytes, query: bytes, minor: int, fields: Fields) -> Scope:
        scope = {
            "type": "http",
            "asgi": _ASGI,
            "http_version": _VERSIONS[minor],
            "method": method,
            "scheme": self._scheme,
            "path": path.decode() if b"%" not in path else unquote(path.decode()),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": fields.headers.copy(),
            "client": self.peer,
            "server": self._server,
        }
        if self._service.state:
            scope["state"] = self._service.state.copy()
        return scope

    def _take(self, data: bytes) -> None:
        """Take what came while a request is served, or the rest of a head."""
        if self._is_closing:
            self._drop(len(data))
        elif self._exchange is None:
            self._scan(data)
        elif self._intake is not None and not self._intake.is_complete:
            self._feed(self._exchange, self._intake, data)
        else:
            self._pending += data
            if len(self._pending) > HIGH_WATER:
                self._pause_reading()

    def _feed(self, exchange: Exchange, intake: Intake, data: bytes) -> None:
        waited = intake.expects
        try:
            intake.feed(data)
        except RefusedError as error:
            self.refuse(error.refusal)
            return
        exchange.wake()
        if intake.is_complete:
            self._pending = intake.rest
            if exchange.is_answered:
                self.answered()
            else:
                self._schedule()
        elif intake.is_full:
            self._pause_reading()
        elif waited:
            # SECURITY: who begins without our word has a deadline from here on, also if there is nothing to take yet
            self._schedule()

    # ---- answers

    def answered(self) -> None:
        """The answer is complete; what comes next begins when the client has taken it, and sent all of its request."""
        exchange, intake = self._exchange, self._intake
        if exchange is None or self._is_closing:
            return
        if self.is_stalled:
            self._schedule()
        elif intake is not None and not intake.is_complete:
            if exchange.closes:
                self.close(lingers=True)
            else:
                intake.drop()
                self.resume()
        elif exchange.closes:
            self.close(lingers=bool(self._pending))
        else:
            self._next()

    def _next(self) -> None:
        service = self._service
        service.under_way -= 1
        self._exchange = self._intake = None
        self.deadline = service.now + self._idle_s
        if service.is_draining:
            self.drain(service.now + TICK_S + self._limits.drain_idle_s)
        if self._pending and not self._is_going_on:
            self._go_on()

    def _go_on(self) -> None:
        """Begin with what came before its turn; in a loop, because an answer may be complete at once."""
        self._is_going_on = True
        while self._pending and self._exchange is None and self._scanner is None and not self._is_closing:
            data, self._pending = self._pending, b""
            self._resume_reading()
            self._serve(data)
        self._is_going_on = False

    def unanswered(self, *, has_begun: bool) -> None:
        """The application gives no complete answer."""
        if has_begun:
            self.abort()
        else:
            self.refuse(Refusal.FAILED)

    def refuse(self, refusal: Refusal) -> None:
        """Answer this in place of the application, where that is possible, and nothing more."""
        exchange = self._exchange
        if exchange is None or not exchange.has_begun:
            self._leave()
            super().refuse(refusal)
        elif exchange.is_answered:
            self.close(lingers=True)
        else:
            self.abort()

    def resume(self) -> None:
        """The application has taken what there was of the body, or nobody will."""
        intake = self._intake
        if intake is not None and self._is_paused and not intake.is_full:
            intake.since += self._service.now - self._paused_at
            self._resume_reading()
        self._schedule()
