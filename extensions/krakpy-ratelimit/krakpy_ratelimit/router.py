"""Limits at the way in: for each client, and for all of them together.

    "qos/ratelimit/router": {"client_max_rate": 5, "client_capacity": 5, "strategy": "ip", "max_rate": 100}
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Self

from krakpy_sdk import Headers, Proxy, Request, Response, RouterMiddleware, RouterSettings, Taken
from krakpy_sdk.screening import Screen
from krakpy_store import answers_at_once, store_of

from krakpy_ratelimit.clients import client_of
from krakpy_ratelimit.config import RouterConfig, client_rate, endpoint_rate, seconds
from krakpy_ratelimit.limit import Limit, for_all, for_each


class RouterRateLimit(Screen):
    """Refuses what is too much: 429 for a client that asks too often, then 503 for all clients together.

    A client that is refused takes nothing away from the others. KrakenD: `qos/ratelimit/router`.
    """

    Config = RouterConfig
    #: what clients read
    name = "endpoint"
    inside: tuple[str, ...] = (
        "qos/ratelimit/service@service", "security/bot-detector", "auth/validator", "modifier/lua-endpoint",
    )  # fmt: skip

    @staticmethod
    def applies_to(settings: RouterSettings) -> bool:
        config: RouterConfig = settings.config
        return endpoint_rate(config) is not None or _has_client_limit(config)

    def __new__(cls, settings: RouterSettings, next: Proxy) -> Self:  # noqa: ARG004  as `__init__` has it
        # PERF: whoever decides at once is a screen, which krakpy runs without a coroutine: 15 µs
        is_screen = answers_at_once(settings) and not settings.config.headers
        kind: type[Self] = cls if is_screen else _WAITING.get(cls, cls)
        return super().__new__(kind)

    def __init__(self, settings: RouterSettings, next: Proxy) -> None:
        super().__init__(settings, next)
        config: RouterConfig = settings.config
        if config.client_max_rate > 0 and client_of(config.strategy, config.key) is None:
            settings.log.warning("%s: %r is no strategy, so there is no limit for clients", self.name, config.strategy)
        self._limits = tuple(_limits(settings, self.scope(settings), self.name))
        self._tells = config.headers

    def scope(self, settings: RouterSettings) -> str:
        """What shares the buckets: one endpoint."""
        return f"endpoint/{settings.method} {settings.endpoint}"

    def admit(self, request: Request) -> Request | Response:
        """The request, or what it gets for being too much."""
        for limit in self._limits:
            taken = limit.take(request)
            assert isinstance(taken, Taken), "another class is there for a store that has to be waited for"
            if not taken.is_allowed:
                return limit.refused(taken, tells=False)
        return request


class _Waiting(RouterRateLimit):
    """The same where the store, or the answer, has to be waited for."""

    async def __call__(self, request: Request) -> Response:
        fields: list[tuple[str, str]] = []
        for limit in self._limits:
            found = limit.take(request)
            taken = found if isinstance(found, Taken) else await found
            if not taken.is_allowed:
                return limit.refused(taken, tells=self._tells)
            if self._tells:
                fields += limit.told(taken)
        response = await self.next(request)
        if not fields:
            return response
        return response.replace(headers=Headers.of((*response.headers.pairs, *fields)))


class ServiceRateLimit(RouterRateLimit):
    """The same for the whole service: one bucket for all endpoints, and one for each client of theirs."""

    name = "service"
    inside = ("security/bot-detector", "security/bot-detector@service")
    outside = ("auth/validator", "modifier/lua-endpoint", "qos/ratelimit/router")

    def scope(self, settings: RouterSettings) -> str:  # noqa: ARG002  whatever endpoint
        """What shares the buckets: everything."""
        return "service"


class _WaitingService(_Waiting, ServiceRateLimit):
    """The same for the whole service."""


_WAITING: Mapping[type, Any] = MappingProxyType({RouterRateLimit: _Waiting, ServiceRateLimit: _WaitingService})


def _has_client_limit(config: RouterConfig) -> bool:
    return client_rate(config) is not None and client_of(config.strategy, config.key) is not None


def _limits(settings: RouterSettings, scope: str, name: str) -> Iterator[Limit]:
    config: RouterConfig = settings.config
    store, every_s = store_of(settings, "rate"), seconds(config.every, least=1.0)
    rate, of = client_rate(config), client_of(config.strategy, config.key)
    if rate is not None and of is not None:
        take = for_each(store, f"rate/client/{scope}", rate, of)
        yield Limit(name="client", status=429, rate=rate, every_s=every_s, take=take)
    rate = endpoint_rate(config)
    if rate is not None:
        take = for_all(store, f"rate/{scope}", rate)
        yield Limit(name=name, status=503, rate=rate, every_s=every_s, take=take)


_guard: type[RouterMiddleware] = RouterRateLimit
