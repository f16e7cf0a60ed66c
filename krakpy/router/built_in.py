"""What the router answers by itself: the health check, and OPTIONS where `auto_options` asks for it."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec

from krakpy.config.model import Router
from krakpy.router.headers import Raw
from krakpy.router.messages import GatewayRequest, GatewayResponse
from krakpy.router.signature import version_field


class Health:
    """Answers `{"agents":{},"now":"…","status":"ok"}` as long as the worker serves."""

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._started = time.monotonic()

    async def respond(self, req: GatewayRequest, resp: GatewayResponse) -> None:  # noqa: ARG002  the same for everyone
        """Say that all is well, and the time as Go writes it."""
        stamp = f"{self._now():%Y-%m-%d %H:%M:%S.%f} +0000 UTC m=+{time.monotonic() - self._started:.9f}"
        body = msgspec.json.encode({"agents": {}, "now": stamp, "status": "ok"})
        resp.take(200, ((b"content-type", b"application/json; charset=utf-8"),), body)


class Options:
    """Answers OPTIONS on one path with the methods of its endpoints in `Allow`, sorted (KrakenD: `auto_options`)."""

    def __init__(self, methods: Iterable[str], router: Router) -> None:
        self._raw: Raw = ((b"allow", ", ".join(sorted(methods)).encode()), version_field(router))

    async def respond(self, req: GatewayRequest, resp: GatewayResponse) -> None:  # noqa: ARG002  the same for everyone
        """Name the methods."""
        resp.take(200, self._raw, b"")
