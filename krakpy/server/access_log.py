"""One line for each request, after its answer.

    {"extra_config": {"router": {"disable_access_log": false, "logger_skip_paths": ["/__health"]}}}
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from time import perf_counter
from typing import Any, Protocol

from krakpy_sdk import ASGIApp, Receive, Scope, Send, ServerMiddleware, ServerSettings
from krakpy_sdk.seats import Message

from krakpy import logs
from krakpy.direct import Begin, Cancellable, Client, Express, Fields, Flow, Poured

LOG = logging.getLogger("krakpy.access")

TEXTS = ("method", "path", "client")
NUMBERS = ("status", "duration_ms", "bytes")

#: nginx's word for a client that went away before it was answered
CLIENT_GONE = 499


class AccessLogOptions(Protocol):
    """The part of `extra_config.router` that is about the access log."""

    @property
    def disable_access_log(self) -> bool: ...
    @property
    def logger_skip_paths(self) -> Sequence[str]: ...


class AccessLogSettings(ServerSettings, Protocol):
    """The service, as far as the access log looks at it."""

    @property
    def router(self) -> AccessLogOptions: ...


class AccessLog:
    """Logs method, path, client, status, duration and size of each request, but no query: it may hold secrets.

    Absent with `disable_access_log`, or where the level is above INFO. A path is skipped when it is equal to one of
    `logger_skip_paths` (KrakenD: the same). A request that its client abandoned has the status 499.
    """

    @classmethod
    def applies_to(cls, settings: AccessLogSettings) -> bool:
        return not settings.router.disable_access_log and LOG.isEnabledFor(logging.INFO)

    def __init__(self, settings: AccessLogSettings, next: ASGIApp) -> None:
        self._skipped = frozenset(settings.router.logger_skip_paths)
        self._write = logs.row_writer(LOG, logging.INFO, "request", texts=TEXTS, numbers=NUMBERS)
        self._next = next
        begin: Begin | None = getattr(next, "begin", None)
        express: Express | None = getattr(next, "express", None)
        self.begin = None if begin is None else partial(self._begin, begin)
        self.express = None if express is None else partial(self._express, express)
        """The shorter ways of what it wraps, logged: see `krakpy.direct`."""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or scope["path"] in self._skipped:
            return self._next(scope, receive, send)
        return self._logged(scope, receive, send)

    async def _logged(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = Answer(send)
        started = perf_counter()
        try:
            await self._next(scope, receive, answer)
        except asyncio.CancelledError:
            answer.status = answer.status or CLIENT_GONE
            raise
        finally:
            self._log((scope["method"], scope["path"], scope.get("client")), started, answer)

    def _log(self, asked: Asked, started: float, answer: Answer) -> None:
        method, path, client = asked
        duration_ms = round((perf_counter() - started) * 1000, 3)
        texts = method, path, client[0] if client else "-"
        self._write(texts, (answer.status or 500, duration_ms, answer.body_bytes))

    def _begin(self, begin: Begin, scope: Scope, client: Client) -> bool:
        path = scope["path"]
        if path in self._skipped:
            return begin(scope, client)
        watched = self._watched(scope["method"], path, client)
        try:
            return begin(scope, watched)
        except Exception:
            watched.fail()
            raise

    def _express(
        self, express: Express, method: str, path: bytes, query: bytes, fields: Fields, client: Client
    ) -> bool:
        text = path.decode()
        if text in self._skipped:
            return express(method, path, query, fields, client)
        watched = self._watched(method, text, client)
        try:
            return express(method, path, query, fields, watched)
        except Exception:
            watched.fail()
            raise

    def _watched(self, method: str, path: str, client: Client) -> Watched:
        return Watched(client, partial(self._log, (method, path, client.peer), perf_counter()))


Asked = tuple[str, str, tuple[str, int] | None]
"""Method, path and client."""


class Answer:
    """Passes an answer on to the client and notes its status and size."""

    __slots__ = ("_send", "body_bytes", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.body_bytes = 0

    def __call__(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.body":
            self.body_bytes += len(message.get("body", b""))
        elif message["type"] == "http.response.start":
            self.status = message["status"]
        return self._send(message)


class Watched:
    """A client that notes what it is answered, and logs that in the end, once."""

    __slots__ = ("_answer", "_client", "_future", "_log")

    def __init__(self, client: Client, log: Callable[[Answer], None]) -> None:
        self._client = client
        self._log: Callable[[Answer], None] | None = log
        self._answer = Answer(client.send)
        self._future: Cancellable | None = None

    @property
    def peer(self) -> tuple[str, int] | None:
        """The client's address."""
        return self._client.peer

    async def receive(self) -> Message:
        """The next part of the request."""
        return await self._client.receive()

    def send(self, message: Message) -> Awaitable[None]:
        """Take a part of the answer."""
        return self._answer(message)

    def answer(self, status: int, fields: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        """Take the whole answer."""
        self._client.answer(status, fields, body)
        self._answer.status = status
        self._answer.body_bytes = len(body)
        self._end()

    def stream(self, status: int, fields: Sequence[tuple[bytes, bytes]], flow: Flow, poured: Poured) -> None:
        """Take an answer whose body is on its way."""
        self._answer.status = status
        self._client.stream(status, fields, flow, partial(self._streamed, poured))

    def _streamed(self, poured: Poured, size: int, error: BaseException | None) -> None:
        self._answer.body_bytes = size
        poured(size, error)
        self._end()

    def waits_for(self, future: Cancellable) -> None:
        """Be told when the client leaves, to log that and pass it on."""
        self._future = future
        self._client.waits_for(self)

    def cancel(self) -> None:
        """The client has left."""
        if self._future is not None:
            self._future.cancel()
        self._answer.status = CLIENT_GONE
        self._end()

    def fail(self) -> None:
        """There will be no answer."""
        self._end()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Answer with what a task sends."""
        self._client.run(self._run(work))

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            self._answer.status = self._answer.status or CLIENT_GONE
            raise
        finally:
            self._end()

    def _end(self) -> None:
        log, self._log = self._log, None
        if log is not None:
            log(self._answer)


_guard: type[ServerMiddleware] = AccessLog
