"""Choose a host for each call, and make the address that is asked.

    {"url_pattern": "/users", "host": ["http://a.test", "http://b.test"]}
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count
from random import randrange

from krakpy_sdk import BackendMiddleware, BackendSettings, Proxy, Request, Response, UpstreamError

#: where the first turn may begin: far more than any list of hosts is long
_OFFSETS = 1 << 20


class LoadBalancer:
    """Sets `url` to the next host in turn, the path, and the forwarded query after the pattern's own.

    Hosts are those that discovery knows at that moment; the first is chosen at random, so that workers that start
    together do not all ask the same one. A host that is listed twice gets twice as many requests. UpstreamError where
    there are no hosts (KrakenD: `no hosts available`).
    """

    inside = ("filter_query", "url_pattern", "concurrent_calls")
    outside = ("filter_headers", "plugin/req-resp-modifier", "formatting", "decoding", "status_rules")
    paths = ()

    def __init__(
        self, settings: BackendSettings, next: Proxy, random: Callable[[int], int] = randrange
    ) -> None:
        self._discover = settings.discover
        self._turns = count(random(_OFFSETS))
        self.next = next

    def __call__(self, request: Request) -> Awaitable[Response]:
        url = self.host() + request.path
        if request.query.pairs:
            url = f"{url}{'&' if '?' in url else '?'}{request.query.encode()}"
        return self.next(request.replace(url=url))

    def host(self) -> str:
        """The host whose turn it is."""
        hosts = self._discover()
        if not hosts:
            raise UpstreamError("no hosts available")
        return hosts[next(self._turns) % len(hosts)]


_guard: type[BackendMiddleware] = LoadBalancer
