"""Let through to a backend only the query parameters that it lists.

    {"url_pattern": "/search", "input_query_strings": ["q", "page"]}
"""
from __future__ import annotations

from collections.abc import Awaitable

from krakpy_sdk import BackendMiddleware, BackendSettings, Proxy, Query, Request, Response


class FilterQuery:
    """Narrows what the endpoint forwards to the backend's `input_query_strings`; names are case-sensitive.

    `*` is a name here, and `[""]` lets nothing through (KrakenD: the same). Absent where the list is empty.
    """

    outside = ("url_pattern", "concurrent_calls", "load_balancer")
    paths = ()

    @classmethod
    def applies_to(cls, settings: BackendSettings) -> bool:
        return bool(settings.input_query_strings)

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        self._names = frozenset(settings.input_query_strings)
        self._next = next

    def __call__(self, request: Request) -> Awaitable[Response]:
        pairs = request.query.pairs
        if not pairs:
            return self._next(request)
        names = self._names
        return self._next(request.replace(query=Query([pair for pair in pairs if pair[0] in names])))


_guard: type[BackendMiddleware] = FilterQuery
