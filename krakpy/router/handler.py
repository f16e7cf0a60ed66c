"""The end of the router seat: asks the endpoint for the client, and writes what it answers.

    handler = EndpointHandler(service, settings, endpoint_proxy, JsonRenderer(None))
    await handler(request)      # X-Krakend: Version 1.2.3, X-Krakend-Completed: true, …
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable

from krakpy_sdk import Proxy, Renderer, Request, Response, Timeout

from krakpy.config.settings import EndpointSettings, ServiceSettings
from krakpy.errors import KrakpyError, Problem
from krakpy.router.bounded import DEADLINE_EXCEEDED, BoundedStream, close
from krakpy.router.deadlines import Deadlines
from krakpy.router.failures import problem_response, report, response_to
from krakpy.router.forwarding import forwarder
from krakpy.router.headers import Raw, RawHeaders, answered
from krakpy.router.signature import signed
from krakpy.router.sniffing import content_type

#: statuses whose answers have no body (RFC 9110 §6.4.1)
BODILESS = frozenset({204, 304})


class EndpointHandler:
    """Forwards what is listed, bounds the time, and renders (KrakenD: the endpoint handler).

    A failure is answered with 500, or the error's status, and the error's text with `return_error_msg`. Without a
    renderer (`no-op`) status, fields and body pass as they are; so does an answer that has a body and no document.
    """

    def __init__(
        self, service: ServiceSettings, settings: EndpointSettings, next: Proxy, renderer: Renderer | None
    ) -> None:
        router = service.router
        self._endpoint = f"{settings.method} {settings.endpoint}"
        self._shows_messages = router.return_error_msg
        self._forward = forwarder(settings)
        self._deadlines = Deadlines(settings.timeout_s)
        self._next = next
        self._renderer = renderer
        self._incomplete = signed(router, is_complete=False)
        self._complete = (*signed(router, is_complete=True), *_cache_control(settings.cache_ttl_s))
        # NOTE: KrakenD gives `{}` for a raw answer where a document is to be rendered
        self._may_be_raw = any(backend.is_no_op for backend in settings.backends)

    async def __call__(self, request: Request) -> Response:
        task, deadline = self._deadlines.start()
        try:
            response = await self._next(self._forward(request, deadline))
            if self._renderer is None or self._is_final(response):
                if response.stream is None:
                    return self._passed(response)
                return await self._relayed(response, response.stream, deadline)
            if response.stream is not None:
                await close(response.stream)
            return self._rendered(self._renderer, request, response)
        except asyncio.CancelledError:
            if not self._deadlines.is_cause(task):
                raise
            return self._failed(Timeout(DEADLINE_EXCEEDED))
        except KrakpyError as error:
            return self._failed(error)
        finally:
            self._deadlines.end(task)

    def _rendered(self, renderer: Renderer, request: Request, response: Response) -> Response:
        """The document; an empty one is never complete, and has no fields of its own (KrakenD: the same)."""
        data = response.data
        if not data:
            bare = Response(data={}) if _is_raw(response) else Response(response.status, data=data)
            return self._signed(renderer.render(request, bare), self._incomplete)
        return self._signed(renderer.render(request, response), self._signature(response))

    def _passed(self, response: Response) -> Response:
        """An answer as it is; one that does not say what it is, is looked at (Go: DetectContentType)."""
        body = response.body or b""
        headers, says_type = answered(self._signature(response), response.headers.pairs)
        if body and not says_type:
            headers = _typed(headers, body)
        return Response(response.status, headers=headers, body=body)

    async def _relayed(self, response: Response, stream: AsyncIterable[bytes], until: float) -> Response:
        """An answer whose body is on its way."""
        headers, says_type = answered(self._signature(response), response.headers.pairs)
        bounded = BoundedStream(stream, until)
        if not says_type and response.status not in BODILESS and (head := await bounded.peek()):
            headers = _typed(headers, head)
        return Response(response.status, headers=headers, stream=bounded)

    def _failed(self, error: KrakpyError) -> Response:
        report(error, self._endpoint)
        return self._signed(response_to(error, shows_message=self._shows_messages), self._incomplete)

    def _signed(self, response: Response, signature: Raw) -> Response:
        headers = answered(signature, response.headers.pairs).headers
        return Response(response.status, headers=headers, body=response.body)

    def _signature(self, response: Response) -> Raw:
        return self._complete if response.data and response.is_complete else self._incomplete

    def _is_final(self, response: Response) -> bool:
        """Whether a hook replied: there is a body and no document."""
        if response.data is not None or response.body is None:
            return False
        return not (self._may_be_raw and response.status < 300)


class UnavailableEndpoint:
    """Stands in for an endpoint whose extension failed: answers 503 with a problem document that names no internals.

    Without a problem there is nobody to ask, and the answer is a bare 500.
    """

    def __init__(self, problem: Problem | None) -> None:
        self._response = Response(500, body=b"") if problem is None else problem_response(problem, 503)

    async def __call__(self, request: Request) -> Response:  # noqa: ARG002  whatever is asked
        return self._response


def _is_raw(response: Response) -> bool:
    return response.data is None and (response.body is not None or response.stream is not None)


def _typed(headers: RawHeaders, body: bytes) -> RawHeaders:
    return RawHeaders.written(((b"content-type", content_type(body)), *headers.raw))


def _cache_control(cache_ttl_s: float) -> Raw:
    """`Cache-Control` in whole seconds, for any method (KrakenD: `cache_ttl`)."""
    return ((b"cache-control", f"public, max-age={int(cache_ttl_s)}".encode()),) if cache_ttl_s else ()


_guard: Callable[[ServiceSettings, EndpointSettings, Proxy, Renderer | None], Proxy] = EndpointHandler
