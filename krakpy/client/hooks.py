"""Lets an extension answer instead of the upstream.

    "plugin/http-client": {"name": "ldap", "ldap": {"server": "…"}}
"""
from __future__ import annotations

from krakpy_sdk import ClientMiddleware, ClientSettings, Proxy, Reply, Request, Response

from krakpy.bodies import most_kept
from krakpy.errors import UpstreamError
from krakpy.extension.attachment import Attachment


class ClientHooks:
    """Calls `execute` with the request as it would be sent; its Reply is the upstream's answer.

    Replaces the exchange and whatever stands further in; status rules, decoder and formatting apply to the Reply as to
    any answer (KrakenD: client plugins). An `execute` that gives nothing is a failed backend.
    """

    outside = ("redirects", "decompression")

    def __init__(self, settings: ClientSettings, next: Proxy) -> None:  # noqa: ARG002  # replaces what it wraps
        self._hooks = Attachment(settings.hooks, request="execute", max_kept_body=most_kept(settings))

    async def __call__(self, request: Request) -> Response:
        reply = await self._hooks.asked(request)
        if not isinstance(reply, Reply):
            raise UpstreamError("the extension that stands for the upstream gave no answer")
        return Response(reply.status, headers=reply.headers, body=reply.body)


_guard: type[ClientMiddleware] = ClientHooks
