"""The middlewares that count: answers to clients, endpoints' pipes, backends, and who serves the figures.

    {"extra_config": {"telemetry/metrics": {"listen_address": ":8090"}}}
"""
from __future__ import annotations

from collections.abc import Awaitable
from time import perf_counter

from krakpy_sdk import (
    ASGIApp,
    BackendMiddleware,
    BackendSettings,
    EndpointMiddleware,
    EndpointSettings,
    Proxy,
    Receive,
    Request,
    Response,
    RouterMiddleware,
    RouterSettings,
    Scope,
    Send,
    ServerMiddleware,
    ServerSettings,
)
from krakpy_sdk.seats import Settings

from krakpy_metrics.book import Series
from krakpy_metrics.books import book_of
from krakpy_metrics.config import MetricsConfig
from krakpy_metrics.listener import Listener


class Figures:
    """The server seat: serves what the other seats count."""

    Config = MetricsConfig

    def __init__(self, settings: ServerSettings, next: ASGIApp) -> None:
        config: MetricsConfig = settings.config
        folder = settings.shared_folder
        self._listener = None if config.endpoint_disabled else Listener(
            config.address, folder, settings.log, settings.instances
        )
        self._next = next
        self.begin = getattr(next, "begin", None)
        self.express = getattr(next, "express", None)
        """The shorter ways of what it wraps: see `krakpy.direct`."""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return self._next(scope, receive, send)

    async def setup(self) -> None:
        """Begin to listen."""
        if self._listener is not None:
            await self._listener.open()

    async def teardown(self) -> None:
        """Listen no more."""
        if self._listener is not None:
            await self._listener.close()


class RouterFigures:
    """Counts the answers to clients, by endpoint and status, with their time and size."""

    Config = MetricsConfig

    @staticmethod
    def applies_to(settings: RouterSettings) -> bool:
        return bool(settings.endpoint) and not settings.config.router_disabled

    def __init__(self, settings: RouterSettings, next: Proxy) -> None:
        self._book = book_of(settings.shared_folder)
        self._endpoint = settings.endpoint
        self._connected = self._book.series(("connected",))
        self._disconnected = self._book.series(("disconnected",))
        self._known: dict[int, tuple[Series, Series]] = {}
        self._next = next

    async def __call__(self, request: Request) -> Response:
        self._connected.count()
        began = perf_counter()
        try:
            response = await self._next(request)
            self._note(response, began)
            return response
        finally:
            self._disconnected.count()

    def _note(self, response: Response, began: float) -> None:
        times, sizes = self._known.get(response.status) or self._series(response.status)
        times.add(perf_counter() - began)
        sizes.add(len(response.body or b""))

    def _series(self, status: int) -> tuple[Series, Series]:
        if not 100 <= status <= 599:
            return self._named("other")
        self._known[status] = self._named(str(status))
        return self._known[status]

    def _named(self, status: str) -> tuple[Series, Series]:
        return (
            self._book.series(("time", self._endpoint, status)), self._book.series(("size", self._endpoint, status))
        )  # fmt: skip


class _Layer:
    """Counts the calls of one layer, by whether they are complete and whether they failed."""

    def __init__(self, settings: Settings, layer: str, name: str, next: Proxy) -> None:
        book = book_of(settings.shared_folder)
        key = "layer", layer, name
        self._failed = book.series((*key, "false", "true"))
        self._incomplete = book.series((*key, "false", "false"))
        self._complete = book.series((*key, "true", "false"))
        self._next = next

    async def __call__(self, request: Request) -> Response:
        began = perf_counter()
        try:
            response = await self._next(request)
        except Exception:
            self._failed.add(perf_counter() - began)
            raise
        (self._complete if response.is_complete else self._incomplete).add(perf_counter() - began)
        return response


class EndpointFigures(_Layer):
    """Counts what endpoints give (KrakenD: the layer `pipe`)."""

    Config = MetricsConfig
    paths = ()

    @staticmethod
    def applies_to(settings: EndpointSettings) -> bool:
        return not settings.config.proxy_disabled

    def __init__(self, settings: EndpointSettings, next: Proxy) -> None:
        super().__init__(settings, "pipe", settings.endpoint, next)


class BackendFigures(_Layer):
    """Counts what backends give (KrakenD: the layer `backend`)."""

    Config = MetricsConfig
    paths = ()

    @staticmethod
    def applies_to(settings: BackendSettings) -> bool:
        return not settings.config.backend_disabled

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        super().__init__(settings, "backend", settings.url_pattern, next)


_server: type[ServerMiddleware] = Figures
_router: type[RouterMiddleware] = RouterFigures
_endpoint: type[EndpointMiddleware] = EndpointFigures
_backend: type[BackendMiddleware] = BackendFigures
