"""The end of the router seat: asks the endpoint for the client, and writes what it answers.

    handler = EndpointHandler(service, settings, endpoint_proxy, JsonRenderer(None))
    await handler(request)      # X-Krakend: Version 1.2.3, X-Krakend-Completed: true, …
"""
from __future__ import annotations

import asyncio

from krakpy_sdk import Headers, Proxy, Renderer, Request, Response, Timeout

from krakpy.config.settings import EndpointSettings, ServiceSettings
from krakpy.errors import KrakpyError, Problem
from krakpy.router.bounded import DEADLINE_EXCEEDED, BoundedStream, close
from krakpy.router.deadlines import Deadline, Deadlines
from krakpy.router.failures import problem_response, report, response_to
from krakpy.router.forwarding import forwarder
from krakpy.router.headers import CONTENT_LENGTH, Raw, RawHeaders, encoded
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
        deadline = self._deadlines.start()
        is_streaming = False
        try:
            response = await self._next(self._forward(request, deadline.at))
            if self._renderer is not None and not self._is_final(response):
                return await self._rendered(self._renderer, request, response)
            is_streaming = response.stream is not None
            return await self._relayed(response, response.stream, deadline)
        except asyncio.CancelledError:
            if not deadline.is_only_cause():
                raise
            is_streaming = False
            return self._failed(Timeout(DEADLINE_EXCEEDED))
        except KrakpyError as error:
            is_streaming = False
            return self._failed(error)
        finally:
            if is_streaming:
                deadline.leave()
            else:
                deadline.end()
