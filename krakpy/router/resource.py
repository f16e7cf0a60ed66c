"""From ASGI to an endpoint's proxy and back: reads the client's request, and writes the answer into falcon's response.

The one place of the router that catches Exception: whatever an endpoint's proxy raises becomes an answer and one line
in the log.
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator

from krakpy_sdk import Proxy, Query, Request, Response

from krakpy.router.bounded import close
from krakpy.router.client_body import ClientBody
from krakpy.router.client_ip import ClientAddress
from krakpy.router.disconnects import Disconnects, unwatch
from krakpy.router.failures import report, report_broken, response_to
from krakpy.router.handler import BODILESS
from krakpy.router.headers import CONTENT_LENGTH, RawHeaders, answered
from krakpy.router.messages import GatewayRequest, GatewayResponse
from krakpy.router.paths import refusal

_NO_QUERY = Query()
_MAY_HAVE_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_TEXT = ((b"content-type", b"text/plain; charset=utf-8"),)


class Truncated(asyncio.CancelledError):
    """An answer broke off when a part of it was sent. Leaves the application, so that the server closes the connection.

    SECURITY: a clean end would pass half an answer off as whole. NOTE: a cancellation, so that nobody on the way takes
    it for an error that can still be answered, and no server logs a second time what is logged here.
    """


class EndpointResource:
    """Answers the requests of one route."""

    def __init__(
        self,
        endpoint: str,
        method: str,
        proxy: Proxy,
        *,
        client_address: ClientAddress,
        disconnects: Disconnects,
        allows_encoded: bool,
    ) -> None:
        self._endpoint = endpoint
        self._name = f"{method} {endpoint}"
        self._proxy = proxy
        self._client_address = client_address
        self._disconnects = disconnects
        self._allows_encoded = allows_encoded

    async def respond(self, req: GatewayRequest, resp: GatewayResponse) -> None:
        """Answer one request."""
        if req.parameters and (why := self._refusal(req)):
            resp.take(400, _TEXT, f"error: {why}".encode("utf-8", "replace"))
            return
        task = self._disconnects.enter(req)
        try:
            response = await self._proxy(self._request(req))
            stream = response.stream
            _fill(resp, response, None if stream is None else await self._relay(response, stream, req))
        except Exception as error:  # noqa: BLE001  the one place of the router that does
            report(error, self._name)
            _fill(resp, response_to(error))
        finally:
            self._disconnects.leave(task)
            if resp.stream is None:
                unwatch(req)

    def _refusal(self, req: GatewayRequest) -> str:
        return refusal(req.parameters, req.scope.get("raw_path") or b"", allows_encoded=self._allows_encoded)

    def _request(self, req: GatewayRequest) -> Request:
        """The client's request; nothing of its body is read."""
        scope = req.scope
        headers = RawHeaders.received(scope["headers"])
        query: bytes = scope["query_string"]
        peer = scope.get("client")
        if _has_body(req.method, headers, scope["http_version"]):
            req.body = ClientBody(req.receive)
        return Request(
            req.method,
            req.path,
            params=req.parameters,
            query=Query.parse(query.decode("utf-8", "surrogateescape")) if query else _NO_QUERY,
            headers=headers,
            stream=req.body,
            client_ip=self._client_address(peer[0], headers) if peer else "",
            endpoint=self._endpoint,
        )

    async def _relay(self, response: Response, stream: AsyncIterable[bytes], req: GatewayRequest) -> Relay | None:
        """What passes the body on; None where an answer of this status has none."""
        if response.status in BODILESS:
            await close(stream)
            return None
        return Relay(stream, req, self._disconnects, self._name)


class Relay(AsyncIterator[bytes]):
    """The body of an answer on its way to the client, as fast as the client takes it."""

    __slots__ = ("_disconnects", "_name", "_pieces", "_req", "_stream", "_task")

    def __init__(self, stream: AsyncIterable[bytes], req: GatewayRequest, disconnects: Disconnects, name: str) -> None:
        self._stream = stream
        self._pieces = aiter(stream)
        self._req = req
        self._disconnects = disconnects
        self._name = name
        self._task: asyncio.Task[object] | None = None

    def __aiter__(self) -> Relay:
        # NOTE: here, because falcon calls `close` for certain once it reads
        self._task = self._disconnects.enter(self._req)
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._pieces)
        except StopAsyncIteration:
            raise
        except Exception as error:
            report_broken(error, self._name)
            raise Truncated(f"{self._name}: {type(error).__name__}") from error

    async def close(self) -> None:
        """The answer is over, one way or another (falcon calls this)."""
        self._disconnects.leave(self._task)
        unwatch(self._req)
        await close(self._stream)


def _fill(resp: GatewayResponse, response: Response, relay: Relay | None = None) -> None:
    headers = response.headers
    if not isinstance(headers, RawHeaders):
        headers = answered((), headers.pairs).headers
    resp.take(response.status, headers.raw, response.body or b"" if relay is None else None, relay)


def _has_body(method: str, headers: RawHeaders, http_version: str) -> bool:
    length = headers.last.get(CONTENT_LENGTH)
    if length is not None:
        return length != b"0"
    # NOTE: HTTP/2 frames bodies by itself, and ASGI does not tell whether there is one
    return b"transfer-encoding" in headers.last or (http_version[0] != "1" and method in _MAY_HAVE_BODY)
