"""The composition root: the only module that knows every seat. Reads top to bottom as the pipeline.

    gateway = Gateway(prepared)
    await gateway.open()
    await gateway.app(scope, receive, send)
"""
from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec
from krakpy_sdk import ASGIApp, Proxy

from krakpy.backend import pipeline as backend
from krakpy.client import pipeline as client
from krakpy.client.pools import Pools
from krakpy.client.tls import client_context
from krakpy.client.transport import HttpTransport
from krakpy.codes import Code
from krakpy.collector import paused
from krakpy.config.model import ClientTls
from krakpy.config.settings import BackendSettings, EndpointSettings, Mirror, ServiceSettings, unrouted
from krakpy.depth import Depth, depths
from krakpy.encoding.opening import Decode
from krakpy.endpoint import pipeline as endpoint
from krakpy.errors import ConfigError, ConfigurationError, ExtensionError, Problem
from krakpy.extension.hosts import Hosts
from krakpy.extension.ledger import Ledger
from krakpy.extension.manager import ExtensionManager
from krakpy.extension.preparing import Prepared
from krakpy.extension.shared_folder import SharedFolder
from krakpy.extension.telling import Telling
from krakpy.lane import Memories
from krakpy.logs import event
from krakpy.proxy import compose
from krakpy.recall import shortest
from krakpy.router import pipeline as router
from krakpy.router.handler import EndpointHandler, UnavailableEndpoint
from krakpy.server import pipeline as server
from krakpy.server.tls import server_context

log = logging.getLogger("krakpy.gateway")


#: what asks an upstream of a backend: the terminal of the client seat
Connect = Callable[[BackendSettings], Proxy]


def build(service: ServiceSettings, extensions: ExtensionManager, connect: Connect) -> ASGIApp:
    """The whole pipeline of a configuration, compiled."""
    try:
        steps, problem = extensions.chain("server", service), extensions.failure("")
    except ExtensionError as error:
        steps, problem = [], error.problem
    routes = [_route(settings, service, extensions, connect, problem) for settings in service.endpoints]
    # NOTE: the lanes of a worker remember within one bound, so that endpoints cost no more memory the longer they run
    lane = partial(shortest, memories=Memories())
    return server.build(steps, router.build(service, routes, lane=lane, around=_around(service, extensions)))


def _around(service: ServiceSettings, extensions: ExtensionManager) -> list[Callable[[Proxy], Proxy]]:
    """What stands around the answers that are no endpoint's."""
    try:
        return extensions.chain("router", unrouted(service))
    except ExtensionError as error:
        unavailable = UnavailableEndpoint(error.problem)
        return [lambda _: unavailable]


def _route(
    settings: EndpointSettings,
    service: ServiceSettings,
    extensions: ExtensionManager,
    connect: Connect,
    problem: Problem | None,
) -> router.Route:
    """One endpoint with its router seat; 503 where an extension that it needs is not available.

    A bare 500 where there are shadow backends alone (KrakenD: the same).
    """
    problem = problem or extensions.failure(settings.place)
    if problem is None and endpoint.answering(settings).backends:
        try:
            proxy = _endpoint(settings, extensions, connect)
            renderer = None if settings.is_no_op else extensions.driver("renderer", settings)
            handler = EndpointHandler(service, settings, proxy, renderer)
            seat = compose(extensions.chain("router", settings), handler)
            return router.Route(settings.endpoint, settings.method, seat)
        except ExtensionError as error:
            problem = error.problem
            event(log, logging.ERROR, problem.message, code=problem.code.id, endpoint=settings.endpoint)
    return router.Route(settings.endpoint, settings.method, UnavailableEndpoint(problem))


def _endpoint(settings: EndpointSettings, extensions: ExtensionManager, connect: Connect) -> Proxy:
    """One endpoint; its shadow backends have a pipe of their own, with all that stands inside of `shadow`."""
    shadows, settings = endpoint.shadowing(settings), endpoint.answering(settings)
    if shadows.backends:
        limits = shadows.backends[0].transport.limits
        mirror = Mirror(
            proxy=_merged(shadows, extensions, connect, inside="shadow"),
            timeout_s=endpoint.shadow_timeout_s(shadows),
            max_copies=limits.max_shadow_copies,
            max_bytes=limits.max_shadow_bytes,
        )
        settings = msgspec.structs.replace(settings, mirror=mirror)
    return _merged(settings, extensions, connect)


def _merged(
    settings: EndpointSettings, extensions: ExtensionManager, connect: Connect, *, inside: str = ""
) -> Proxy:
    opened = zip(settings.backends, depths(settings, extensions.readers), strict=True)
    backends = [_backend(own, depth, extensions, connect) for own, depth in opened]
    merger = extensions.driver("merger", settings) if len(backends) > 1 else None
    return endpoint.build(settings, extensions.chain("endpoint", settings, inside=inside), backends, merger)


def _backend(settings: BackendSettings, depth: Depth, extensions: ExtensionManager, connect: Connect) -> Proxy:
    settings = msgspec.structs.replace(
        settings,
        discover=extensions.driver("discovery", settings).hosts(settings),
        decode=None if settings.is_no_op else _decode(extensions.driver("decoder", settings), depth),
    )
    exchange = client.build(extensions.chain("client", settings), connect(settings))
    return backend.build(extensions.chain("backend", settings), exchange)


def _decode(decoder: Any, depth: Depth) -> Decode:
    """How a backend's bodies are decoded: no deeper than somebody looks, where the decoder can do that."""
    decode: Decode = decoder.decode if depth.opening is None else decoder.partial(depth.opening)
    return decode


def verify(service: ServiceSettings) -> None:
    """What only the seats can tell of a configuration, before there is a worker; ConfigurationError if it is wrong."""
    problems = [problem for place, tls in _tls_settings(service) if (problem := _tls_problem(place, tls))]
    if service.listener.tls is not None:
        try:
            server_context(service.listener.tls)
        except ConfigError as error:
            problems.append(Problem(Code.WRONG_TYPE, error.path, error.message))
    if problems:
        raise ConfigurationError(tuple(problems))


def _tls_settings(service: ServiceSettings) -> Iterator[tuple[str, ClientTls | None]]:
    yield "", service.transport.client_tls
    seen = set()
    for settings in (settings for own in service.endpoints for settings in own.backends):
        tls = settings.http_client.client_tls
        if tls and tls not in seen:
            seen.add(tls)
            yield f"{settings.place}.extra_config.backend/http/client.", tls


def _tls_problem(place: str, tls: ClientTls | None) -> Problem | None:
    try:
        client_context(tls)
    except ConfigError as error:
        return Problem(Code.WRONG_TYPE, f"{place}{error.path}", error.message)
    return None


class Gateway:
    """One worker's gateway: its extensions, its upstream connections and its application."""

    def __init__(
        self,
        prepared: Prepared,
        connect: Connect | None = None,
        *,
        hosts: Hosts | None = None,
        ledger: Ledger | None = None,
        folder: SharedFolder | None = None,
    ) -> None:
        self._settings = prepared.settings
        self._folder = folder or SharedFolder.found()
        self._extensions = ExtensionManager(prepared, hosts, ledger, folder=self._folder.path)
        self._telling = Telling(self._extensions.statuses, self._folder.path)
        self._connect = connect
        self._pools: Pools | None = None
        self.app: ASGIApp = _closed

    async def open(self) -> None:
        """Set the extensions up and compile the pipeline; call it on the event loop that will serve."""
        await self._extensions.open()
        self._pools = pools = Pools(self._settings.transport)
        connect = self._connect or (lambda settings: HttpTransport(settings, pools.of(settings.http_client.client_tls)))
        self.app = self._built(connect)
        while not await self._extensions.begin():
            self.app = self._built(connect)
        self._telling.open()

    def _built(self, connect: Connect) -> ASGIApp:
        with paused():
            return build(self._settings, self._extensions, connect)

    async def close(self) -> None:
        """Tear the extensions down and close the upstream connections."""
        self._telling.close()
        await self._extensions.close()
        self._folder.close()
        if self._pools is not None:
            await self._pools.close()


async def _closed(*_: object) -> None:
    raise RuntimeError("the gateway is not open")
