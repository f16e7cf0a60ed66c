"""What the service's extensions of the router seat see of answers that belong to no endpoint (KrakenD: gin's engine).

    engine = Engine(steps, client_address)
    await engine.respond(req, resp, answer)     # `answer` fills `resp`, unless a step answers in its place

Such answers are 404, 405, `/__debug/`, `/__echo/` and OPTIONS. The health check and redirects never pass here.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from typing import NamedTuple

from krakpy_sdk import Proxy, Query, Request, Response

from krakpy.proxy import compose
from krakpy.router.client_ip import ClientAddress
from krakpy.router.failures import report, response_to
from krakpy.router.headers import Raw, RawHeaders, fields_of
from krakpy.router.messages import GatewayRequest, GatewayResponse

Respond = Callable[[GatewayRequest, GatewayResponse], Awaitable[None]]


class _Asked(NamedTuple):
    """One request, and who answers it in the end."""

    req: GatewayRequest
    resp: GatewayResponse
    respond: Respond


_ASKED: ContextVar[_Asked] = ContextVar("krakpy.router.engine")


class Engine:
    """The steps of the service around what the router says itself."""

    def __init__(self, steps: Iterable[Callable[[Proxy], Proxy]], client_address: ClientAddress) -> None:
        steps = tuple(steps)
        terminal: Proxy = _answered
        self._proxy = compose(steps, terminal) if steps else None
        self._client_address = client_address

    async def respond(
        self, req: GatewayRequest, resp: GatewayResponse, respond: Respond, always: Raw = ()
    ) -> None:
        """Have the request answered; `always` are the fields that an answer of a step gets too."""
        if self._proxy is None:
            await respond(req, resp)
            return
        token = _ASKED.set(_Asked(req, resp, respond))
        try:
            response = await self._proxy(self._request(req))
            headers = fields_of(response)
        except Exception as error:  # noqa: BLE001  whatever an extension raises becomes an answer
            report(error, f"{req.method} {req.path}")
            response, headers = response_to(error), RawHeaders.written(())
        finally:
            _ASKED.reset(token)
        missing = tuple(field for field in always if field not in headers.raw)
        resp.take(response.status, (*missing, *headers.raw), response.body or b"")

    def _request(self, req: GatewayRequest) -> Request:
        headers = RawHeaders.received(req.scope["headers"])
        peer = req.scope.get("client")
        query: bytes = req.scope["query_string"]
        return Request(
            req.method,
            req.path,
            query=Query.parse(query.decode("utf-8", "surrogateescape")),
            headers=headers,
            client_ip=self._client_address(peer[0], headers) if peer else "",
        )


class Within:
    """A resource of the router's own, inside of the engine."""

    def __init__(self, engine: Engine, respond: Respond) -> None:
        self._engine = engine
        self._respond = respond

    async def respond(self, req: GatewayRequest, resp: GatewayResponse) -> None:
        """Answer, if nobody does it before."""
        await self._engine.respond(req, resp, self._respond)


async def _answered(_: Request) -> Response:
    req, resp, respond = _ASKED.get()
    await respond(req, resp)
    return Response(resp.status_code, headers=RawHeaders.written(resp.raw), body=await resp.render_body() or b"")
