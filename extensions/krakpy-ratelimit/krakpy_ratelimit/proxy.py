"""A limit towards one backend.

    "qos/ratelimit/proxy": {"max_rate": 10, "capacity": 10, "every": "1s"}
"""
from __future__ import annotations

from collections.abc import Awaitable

from krakpy_sdk import BackendMiddleware, BackendSettings, Proxy, Request, Response, Taken, UpstreamError
from krakpy_store import store_of

from krakpy_ratelimit.config import ProxyConfig, backend_rate
from krakpy_ratelimit.limit import for_all


class RateLimited(UpstreamError):
    """The backend was not asked, because it would have been too often; clients see 500, or a part of a merge."""

    was_asked = False


class ProxyRateLimit:
    """Asks a backend no more often than its limit says; RateLimited for what is too much (KrakenD: the same words)."""

    Config = ProxyConfig
    inside = ("filter_headers", "backend/graphql", "plugin/req-resp-modifier", "qos/circuit-breaker")
    outside = ("modifier/lua-backend", "validation/cel", "formatting", "decoding", "status_rules")
    paths = ()

    @staticmethod
    def applies_to(settings: BackendSettings) -> bool:
        return backend_rate(settings.config) is not None

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        rate = backend_rate(settings.config)
        assert rate is not None, "it does not apply without one"
        store = store_of(settings, "rate")
        self._take = for_all(store, f"rate/backend/{settings.place}/{settings.endpoint}", rate)
        self._next = next

    def __call__(self, request: Request) -> Awaitable[Response]:
        taken = self._take(request)
        if not isinstance(taken, Taken):
            return self._later(request, taken)
        if not taken.is_allowed:
            return _refused()
        return self._next(request)

    async def _later(self, request: Request, awaited: Awaitable[Taken]) -> Response:
        if not (await awaited).is_allowed:
            return await _refused()
        return await self._next(request)


async def _refused() -> Response:
    raise RateLimited("rate limit exceded")


_guard: type[BackendMiddleware] = ProxyRateLimit
