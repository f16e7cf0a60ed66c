"""`modifier/martian`: what is sent to a backend, and what it answers, changed without code.

    {"modifier/martian": {"header.Modifier": {"scope": ["request"], "name": "X-A", "value": "1"}}}
"""
from __future__ import annotations

from collections.abc import Awaitable

from krakpy_sdk import ClientMiddleware, ClientSettings, Proxy, Request, Response

from krakpy_martian.bodies import Unsent
from krakpy_martian.filters import FILTERS
from krakpy_martian.groups import fifo, priority
from krakpy_martian.parsing import Parser

HOLDERS = {**FILTERS, "fifo.Group": fifo, "priority.Group": priority}


class Martian:
    """Applies modifiers to the request as it is sent, and to the answer before anybody judges its status.

    Wraps whatever makes the exchange (KrakenD: the client's executor), so a cache sees what the modifiers have made of
    a request, and their changes are made to answers that come from it. UpstreamError, which clients see as 500, where a
    modifier cannot do what it has to.
    """

    outside = ("plugin/http-client", "auth/client-credentials", "qos/http-cache", "redirects", "decompression")

    def __init__(self, settings: ClientSettings, next: Proxy) -> None:
        steps = Parser(settings.driver, HOLDERS).parse(settings.config)
        self._next = next
        self._on_request = steps.request
        self._on_response = steps.response

    def __call__(self, request: Request) -> Awaitable[Response]:
        if self._on_request is not None:
            request = self._on_request(request)
        if self._on_response is None and not isinstance(request.params, Unsent):
            return self._next(request)
        return self._answered(request)

    async def _answered(self, request: Request) -> Response:
        response = Response(200, body=b"") if isinstance(request.params, Unsent) else await self._next(request)
        return response if self._on_response is None else self._on_response(request, response)


_guard: type[ClientMiddleware] = Martian
