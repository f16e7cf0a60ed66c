"""Calls the hooks that an endpoint lists.

    "plugin/req-resp-modifier": {"name": ["geo"], "geo": {"header": "X-Country"}}
"""
from __future__ import annotations

from krakpy_sdk import EndpointMiddleware, EndpointSettings, Proxy, Reply, Request, Response

from krakpy.bodies import most_kept
from krakpy.extension.attachment import Attachment


class EndpointHooks:
    """Calls `endpoint_request` in the listed order, asks the endpoint, calls `endpoint_response` in the same order.

    A Reply ends the request before any backend is asked. `log` runs after the answer, in the background (KrakenD:
    request and response modifiers, both in listed order).
    """

    #: its hooks declare their own
    paths = ()

    def __init__(self, settings: EndpointSettings, next: Proxy) -> None:
        self._hooks = Attachment(
            settings.hooks, request="endpoint_request", response="endpoint_response", max_kept_body=most_kept(settings)
        )
        self._next = next

    async def __call__(self, request: Request) -> Response:
        asked = await self._hooks.asked(request)
        if isinstance(asked, Reply):
            response = Response(asked.status, headers=asked.headers, body=asked.body)
        else:
            response = await self._hooks.answered(asked, await self._next(asked))
            request = asked
        self._hooks.log(request, response)
        return response


_guard: type[EndpointMiddleware] = EndpointHooks
