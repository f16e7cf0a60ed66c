"""One line for each request, after its answer.

    {"extra_config": {"router": {"disable_access_log": false, "logger_skip_paths": ["/__health"]}}}
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from time import perf_counter
from typing import Protocol

from krakpy_sdk import ASGIApp, Receive, Scope, Send, ServerMiddleware, ServerSettings
from krakpy_sdk.seats import Message

from krakpy import logs

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
            client = scope.get("client")
            self._write(
                (scope["method"], scope["path"], client[0] if client else "-"),
                (answer.status or 500, round((perf_counter() - started) * 1000, 3), answer.body_bytes),
            )


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


_guard: type[ServerMiddleware] = AccessLog
