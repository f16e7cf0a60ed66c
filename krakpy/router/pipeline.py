"""Assembles the router seat: falcon's application over a trie, with one resource for each endpoint.

    app = build(service, [Route("/users/{id}", "GET", proxy)])
"""
from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, NamedTuple, cast

import falcon
import falcon.asgi
from falcon.routing import CompiledRouter
from krakpy_sdk import Proxy, Receive, Scope, Send

from krakpy.config.model import Router
from krakpy.config.settings import ServiceSettings
from krakpy.direct import Client, Fields, Lane
from krakpy.router.built_in import Health, Options
from krakpy.router.client_ip import client_address
from krakpy.router.disconnects import Disconnects
from krakpy.router.engine import Engine, Within
from krakpy.router.failures import report
from krakpy.router.messages import GatewayRequest, GatewayResponse, Opening
from krakpy.router.reflection import METHODS, Debug, Echo
from krakpy.router.resource import EndpointResource
from krakpy.router.trie import REST, Resource, Servant, Trie
from krakpy.router.unmatched import Unmatched

#: what a WebSocket is refused with before it opens; servers answer 403
_REFUSED = {"type": "websocket.close", "code": 1000}


MakesLane = Callable[[EndpointResource], Lane | None]


class Route(NamedTuple):
    """One endpoint, as the router serves it."""

    endpoint: str
    """The path, as the configuration writes it: `/users/{id}`."""

    method: str
    """The method, in upper case."""

    proxy: Proxy
    """The whole router seat of the endpoint: the client's request in, the rendered answer out."""


def build(
    service: ServiceSettings,
    routes: Sequence[Route],
    *,
    lane: MakesLane = lambda _: None,
    around: Iterable[Callable[[Proxy], Proxy]] = (),
) -> Application:
    """The application that serves these routes; ValueError for two that the same requests match.

    `lane` gives the shorter way to an endpoint, where it has one. `around` is what stands, by the service, around
    every answer that is no endpoint's, as it stands in the proxies of the routes.
    """
    router = service.router
    engine = Engine(around, client_address(router))
    trie = Trie(cleans=router.remove_extra_slash, is_rest=not service.disable_rest)
    for path, method, resource in _resources(router, routes, _reflections(service), lane, engine):
        trie.add_route(path, resource, method=method)
    # NOTE: falcon names its own router's class, and uses `add_route` and `find` of it
    app = falcon.asgi.App(
        router=cast(CompiledRouter, trie), request_type=GatewayRequest, response_type=GatewayResponse
    )
    unmatched = Unmatched(trie, router, engine)

    async def answer_unmatched(req: Any, resp: Any, error: falcon.HTTPError, params: object) -> None:  # noqa: ARG001
        await unmatched.respond(req, resp)

    app.add_error_handler(falcon.HTTPError, answer_unmatched)
    app.add_error_handler(Exception, _answer_defect)
    return Application(app, trie)


async def _answer_defect(req: Any, resp: Any, error: Exception, params: object) -> None:  # noqa: ARG001  falcon's own
    """What is left: an answer that could not be written."""
    report(error, f"{req.method} {req.uri_template}")
    resp.take(500, (), b"")


def _reflections(service: ServiceSettings) -> Iterable[tuple[str, Resource]]:
    if service.debug_endpoint:
        yield "/__debug", Debug()
    if service.echo_endpoint:
        yield "/__echo", Echo()


def _resources(
    router: Router,
    routes: Iterable[Route],
    reflections: Iterable[tuple[str, Resource]],
    lane: MakesLane,
    engine: Engine,
) -> Iterable[tuple[str, str, Resource | Servant]]:
    """Path, method and resource of everything that the router serves."""
    if not router.disable_health:
        yield f"/{router.health_path.removeprefix('/')}", "GET", Health()
    for prefix, resource in reflections:
        for method in METHODS:
            yield f"{prefix}/{REST}", method, Within(engine, resource.respond)
    address = client_address(router)
    disconnects = Disconnects()
    methods: dict[str, tuple[str, list[str]]] = {}
    for route in routes:
        shape = re.sub(r"\{[^/]*\}", "{}", route.endpoint)
        methods.setdefault(shape, (route.endpoint, []))[1].append(route.method)
        endpoint = EndpointResource(
            *route, client_address=address, disconnects=disconnects, allows_encoded=router.disable_path_decoding
        )
        endpoint.lane = lane(endpoint)
        yield route.endpoint, route.method, endpoint
    if router.auto_options:
        for path, own in methods.values():
            yield path, "OPTIONS", Within(engine, Options(own, router).respond)


class Application:
    """The endpoints of the trie; falcon answers all the rest: what the gateway says itself, and what has no route."""

    def __init__(self, app: falcon.asgi.App[GatewayRequest, GatewayResponse], trie: Trie) -> None:
        self._handle: Callable[..., Awaitable[None]] = app.__call__
        self._trie = trie

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return _refuse(scope, send)
        endpoint, parameters = self._trie.served(scope)
        if endpoint is not None:
            return endpoint.serve(scope, receive, send, parameters)
        return self._handle(scope, Opening(receive), send)

    def begin(self, scope: Scope, client: Client) -> bool:
        """Answer a request of an endpoint; see `krakpy.direct`."""
        endpoint, parameters = self._trie.served(scope)
        if endpoint is None:
            return False
        endpoint.begin(scope, client, parameters)
        return True

    def express(self, method: str, path: bytes, query: bytes, fields: Fields, client: Client) -> bool:
        """Answer a request of an endpoint that has a lane; see `krakpy.direct`."""
        endpoint, parameters = self._trie.express(method, path)
        if endpoint is None or endpoint.lane is None:
            return False
        return endpoint.lane.begin(method, path, query, parameters, fields, client)


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] != "websocket":
        raise ValueError(f"the router serves HTTP, not {scope['type']}")
    await send(dict(_REFUSED))
