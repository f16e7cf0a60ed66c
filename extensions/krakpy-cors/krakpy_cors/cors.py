"""Tells browsers which pages of other sites may ask the gateway, around everything that it answers.

    {"extra_config": {"security/cors": {"allow_origins": ["https://shop.test"], "allow_methods": ["GET", "POST"]}}}
"""
from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from krakpy_sdk import ASGIApp, Receive, Scope, Send, ServerMiddleware, ServerSettings
from krakpy_sdk.seats import Message

from krakpy_cors.config import CorsConfig
from krakpy_cors.rules import ORIGIN, REQUEST_METHOD, Fields, Rules

log = logging.getLogger("krakpy.extension.cors")

Pairs = Iterable[tuple[bytes, bytes]]
#: what an answer has once: the backend's own would make it two, which browsers refuse
_OURS = frozenset({
    b"access-control-allow-origin", b"access-control-allow-credentials", b"access-control-expose-headers",
})


class Cors:
    """Answers preflight requests, and adds the fields of the CORS protocol to all other answers."""

    Config = CorsConfig
    outside = ("plugin/http-server",)

    def __init__(self, settings: ServerSettings, next: ASGIApp) -> None:
        config: CorsConfig = settings.config
        self._rules = Rules(config)
        self._status = config.options_success_status or 204
        self._passes_preflight = config.options_passthrough
        self._logs = config.debug
        self._next = next
        begin = getattr(next, "begin", None)
        express = getattr(next, "express", None)
        self.begin = None if begin is None else self._beginning(begin)
        self.express = None if express is None else self._expressing(express)
        """The shorter ways of what it wraps, with the fields added: see `krakpy.direct`."""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self._next(scope, receive, send)
        method, raw = scope["method"], scope["headers"]
        if method == "OPTIONS" and any(name == REQUEST_METHOD and value for name, value in raw):
            fields = self._rules.preflight(_grouped(raw))
            if not self._passes_preflight:
                return self._granted(send, fields)
        else:
            fields = self._rules.answered(method, _origin(raw))
        if self._logs:
            log.debug("%s %s: %s", method, scope["path"], fields)
        return self._next(scope, receive, _adding(send, fields))

    async def _granted(self, send: Send, fields: Fields) -> None:
        if self._logs:
            log.debug("preflight request: %s", fields)
        await send({"type": "http.response.start", "status": self._status, "headers": list(fields)})
        await send({"type": "http.response.body", "body": b""})

    def _beginning(self, begin: Callable[[Scope, Any], bool]) -> Callable[[Scope, Any], bool]:
        def begin_with_fields(scope: Scope, client: Any) -> bool:
            method = scope["method"]
            if method == "OPTIONS" or self._logs:
                return False
            return begin(scope, Told(client, self._rules.answered(method, _origin(scope["headers"]))))

        return begin_with_fields

    def _expressing(self, express: Callable[..., bool]) -> Callable[..., bool]:
        def express_with_fields(method: str, path: bytes, query: bytes, fields: Any, client: Any) -> bool:
            if method == "OPTIONS" or self._logs:
                return False
            added = self._rules.answered(method, _origin(fields.headers))
            return express(method, path, query, fields, Told(client, added))

        return express_with_fields


class Told:
    """A client whose answers get these fields: see `krakpy.direct.Client`."""

    __slots__ = ("_added", "_client", "peer", "receive", "run", "send", "waits_for")

    def __init__(self, client: Any, added: Fields) -> None:
        self._client = client
        self._added = added
        self.peer = client.peer
        self.receive = client.receive
        self.waits_for = client.waits_for
        self.run = client.run
        self.send = _adding(client.send, added)

    def answer(self, status: int, fields: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        """Take the whole answer."""
        self._client.answer(status, _joined(fields, self._added), body)

    def stream(self, status: int, fields: Sequence[tuple[bytes, bytes]], flow: Any, poured: Any) -> None:
        """Take an answer whose body is on its way."""
        self._client.stream(status, _joined(fields, self._added), flow, poured)


def _adding(send: Send, added: Fields) -> Send:
    """The client, whose answer gets these fields."""

    def send_with_fields(message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _joined(message.get("headers", ()), added)}
        return send(message)

    return send_with_fields


def _joined(fields: Pairs, added: Fields) -> tuple[tuple[bytes, bytes], ...]:
    own = tuple(fields)
    if len(added) > 1:
        own = tuple(field for field in own if field[0] not in _OURS)
    return (*added, *own)


def _origin(raw: Pairs) -> bytes | None:
    for name, value in raw:
        if name == ORIGIN:
            return value
    return None


def _grouped(raw: Pairs) -> dict[bytes, list[bytes]]:
    grouped: dict[bytes, list[bytes]] = {}
    for name, value in raw:
        grouped.setdefault(name, []).append(value)
    return grouped


_guard: type[ServerMiddleware] = Cors
