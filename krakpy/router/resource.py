"""From ASGI to an endpoint's proxy and back: reads the client's request, and writes the answer.

The one place of the router that catches Exception: whatever an endpoint's proxy raises becomes an answer and one line
in the log.
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Mapping
from functools import partial

from krakpy_sdk import Proxy, Query, Receive, Request, Response, Scope, Send

from krakpy.direct import Client, Flow, Lane
from krakpy.router.bounded import close
from krakpy.router.call import Call
from krakpy.router.client_body import ClientBody
from krakpy.router.client_ip import ClientAddress
from krakpy.router.disconnects import Disconnects, unwatch
from krakpy.router.failures import report, report_broken, response_to
from krakpy.router.handler import BODILESS, EndpointHandler
from krakpy.router.headers import CONTENT_LENGTH, Raw, RawHeaders, fields_of
from krakpy.router.messages import without_left_out
from krakpy.router.paths import refusal
from krakpy.router.screens import Finishes, Screens, finished

_NO_QUERY = Query()
_NO_FIELDS = RawHeaders()
_MAY_HAVE_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_TEXT = ((b"content-type", b"text/plain; charset=utf-8"),)


class Truncated(asyncio.CancelledError):
    """An answer broke off when a part of it was sent. Leaves the application, so that the server closes the connection.

    SECURITY: a clean end would pass half an answer off as whole. NOTE: a cancellation, so that nobody on the way takes
    it for an error that can still be answered, and no server logs a second time what is logged here.
    """


class EndpointResource:
    """Answers the requests of one route, as an ASGI application that knows the parameters of the path.

    PERF: falcon's way from a request to an answer takes 6 µs, which every request would pay.
    """

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
        self.proxy = proxy
        self.lane: Lane | None = None
        """A shorter way to it all, for requests that need nothing else."""
        self.screens, handler = Screens.around(proxy)
        self.handler = handler if isinstance(handler, EndpointHandler) else None
        """What answers inside of the screens, if nothing else is in between."""
        self._client_address = client_address
        self._disconnects = disconnects
        self._allows_encoded = allows_encoded

    async def serve(self, scope: Scope, receive: Receive, send: Send, parameters: Mapping[str, str]) -> None:
        """Answer one request, as an ASGI application does."""
        if parameters and (why := self._refusal(scope, parameters)):
            await _send(send, 400, _TEXT, why)
            return
        call = Call(receive)
        task = self._disconnects.enter(call)
        try:
            request = self.request(scope, call, parameters)
            await self._answer(send, self._asked(request))
        finally:
            self._disconnects.leave(task)
            unwatch(call)

    def begin(self, scope: Scope, client: Client, parameters: Mapping[str, str]) -> None:
        """Answer one request, without a task where nothing needs one; the client cancels it when it leaves."""
        if parameters and (why := self._refusal(scope, parameters)):
            client.answer(400, _TEXT, why)
            return
        request = self.request(scope, Call(client.receive), parameters)
        if self.handler is None:
            client.run(self._answer(client.send, self._asked(request)))
            return
        finishes: Finishes = ()
        try:
            if self.screens is not None:
                admitted, finishes = self.screens.admit(request)
                if isinstance(admitted, Response):
                    self.land(client, admitted, finishes)
                    return
                request = admitted
        except Exception as error:  # noqa: BLE001  as below
            self.land(client, error)
        else:
            self.begin_admitted(client, request, finishes)

    def begin_admitted(self, client: Client, request: Request, finishes: Finishes) -> None:
        """Answer a request that the screens have let pass."""
        assert self.handler is not None, "screens are taken together around a handler alone"
        try:
            work = self.handler.begin(request, partial(self.land, client, finishes=finishes))
        except Exception as error:  # noqa: BLE001  as below
            self.land(client, error)
        else:
            self.go_on(client, work, finishes)

    def go_on(self, client: Client, work: Awaitable[Response] | None, finishes: Finishes = ()) -> None:
        """Wait for what a handler has begun."""
        if isinstance(work, asyncio.Future):
            client.waits_for(work)
        elif work is not None:
            client.run(self._answer(client.send, work, finishes))

    def land(
        self, client: Client, result: Response | Awaitable[Response] | Exception, finishes: Finishes = ()
    ) -> None:
        """Answer with a response, what is awaited for it, or what a defect is worth."""
        if not isinstance(result, Response | Exception):
            client.run(self._answer(client.send, result, finishes))
            return
        try:
            if isinstance(result, Exception):
                raise result
            response = finished(result, finishes) if finishes else result
            headers = fields_of(response)
        except Exception as error:  # noqa: BLE001  the one place of the router that does
            response, headers = self._failed(error)
        stream = response.stream
        if stream is not None:
            if isinstance(stream, Flow) and response.status not in BODILESS:
                client.stream(response.status, headers.raw, stream, self._poured)
            else:
                client.run(self._relay(client.send, response, headers.raw, stream))
        elif response.status in BODILESS:
            client.answer(response.status, without_left_out(response.status, headers.unsized), b"")
        else:
            client.answer(response.status, headers.unsized, response.body or b"")

    def _asked(self, request: Request) -> Awaitable[Response]:
        try:
            return self.proxy(request)
        except Exception as error:  # noqa: BLE001  one that is no coroutine raises here what others raise when awaited
            return _raised(error)

    async def _answer(self, send: Send, answer: Awaitable[Response], finishes: Finishes = ()) -> None:
        try:
            response = finished(await answer, finishes)
            headers = fields_of(response)
        except Exception as error:  # noqa: BLE001  as above
            response, headers = self._failed(error)
        if response.stream is None:
            await _send(send, response.status, headers.unsized, response.body or b"")
        else:
            await self._relay(send, response, headers.raw, response.stream)

    def _refusal(self, scope: Scope, parameters: Mapping[str, str]) -> bytes:
        why = refusal(parameters, scope.get("raw_path") or b"", allows_encoded=self._allows_encoded)
        return f"error: {why}".encode("utf-8", "replace") if why else b""

    def request(self, scope: Scope, call: Call, parameters: Mapping[str, str]) -> Request:
        """The client's request; nothing of its body is read."""
        headers = RawHeaders.received(scope["headers"])
        query: bytes = scope["query_string"]
        peer = scope.get("client")
        method: str = scope["method"]
        if _has_body(method, headers, scope["http_version"]):
            call.body = ClientBody(call.receive)
        return Request(
            method,
            scope["path"],
            params=parameters,
            query=Query.parse(query.decode("utf-8", "surrogateescape")) if query else _NO_QUERY,
            headers=headers,
            stream=call.body,
            client_ip=self._client_address(peer[0], headers) if peer else "",
            endpoint=self._endpoint,
        )

    def _failed(self, error: Exception) -> tuple[Response, RawHeaders]:
        report(error, self._name)
        response = response_to(error)
        try:
            return response, fields_of(response)
        except ValueError as defect:
            report(defect, self._name)
            return Response(500), _NO_FIELDS

    async def _relay(self, send: Send, response: Response, raw: Raw, stream: AsyncIterable[bytes]) -> None:
        """Pass the body on as it comes, as fast as the client takes it."""
        try:
            if response.status in BODILESS:
                await _send(send, response.status, without_left_out(response.status, raw), b"")
                return
            await send({"type": "http.response.start", "status": response.status, "headers": raw})
            await self._pieces(send, stream)
            await send({"type": "http.response.body", "body": b""})
        finally:
            await close(stream)

    def _poured(self, size: int, error: BaseException | None) -> None:  # noqa: ARG002  others count the bytes
        if error is not None:
            report_broken(error, self._name)

    async def _pieces(self, send: Send, stream: AsyncIterable[bytes]) -> None:
        pieces = aiter(stream)
        while True:
            try:
                piece = await anext(pieces)
            except StopAsyncIteration:
                return
            except Exception as error:
                report_broken(error, self._name)
                raise Truncated(f"{self._name}: {type(error).__name__}") from error
            await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _raised(error: Exception) -> Response:
    raise error


async def _send(send: Send, status: int, raw: Raw, body: bytes) -> None:
    """A whole answer with these fields, and the length of its body."""
    fields = without_left_out(status, raw) if status in BODILESS else (*raw, (CONTENT_LENGTH, b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


def _has_body(method: str, headers: RawHeaders, http_version: str) -> bool:
    length = headers.last.get(CONTENT_LENGTH)
    if length is not None:
        return length.strip(b"0") != b""
    # NOTE: HTTP/2 frames bodies by itself, and ASGI does not tell whether there is one
    return b"transfer-encoding" in headers.last or (http_version[0] != "1" and method in _MAY_HAVE_BODY)
