"""Let through to a backend only the header fields that it lists.

    {"url_pattern": "/search", "input_headers": ["Authorization", "X-Tenant"]}
"""
from __future__ import annotations

from collections.abc import Awaitable

from krakpy_sdk import BackendMiddleware, BackendSettings, Headers, Proxy, Request, Response


class FilterHeaders:
    """Narrows what the endpoint forwards to the backend's `input_headers`; names in any case.

    What the gateway adds (`X-Forwarded-*`, `User-Agent`) goes too unless it is listed, and `*` is a name here
    (KrakenD: the same). Absent where the list is empty.
    """

    inside = ("url_pattern", "concurrent_calls", "load_balancer")
    outside = ("plugin/req-resp-modifier", "formatting", "decoding", "status_rules")
    paths = ()

    @classmethod
    def applies_to(cls, settings: BackendSettings) -> bool:
        return bool(settings.input_headers)

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        self._names = frozenset(name.lower() for name in settings.input_headers)
        self._next = next

    def __call__(self, request: Request) -> Awaitable[Response]:
        names = self._names
        kept = [pair for pair in request.headers.pairs if pair[0].lower() in names]
        return self._next(request.replace(headers=Headers(kept)))


_guard: type[BackendMiddleware] = FilterHeaders
