"""Calls the hooks that a backend lists.

    "plugin/req-resp-modifier": {"name": ["signer"], "signer": {"key": "…"}}
"""
from __future__ import annotations

import json

from krakpy_sdk import BackendMiddleware, BackendSettings, Proxy, Reply, Request, Response

from krakpy.bodies import most_kept
from krakpy.errors import Replied
from krakpy.extension.attachment import Attachment


class BackendHooks:
    """Calls `backend_request` in the listed order, asks the backend, calls `backend_response` in the same order.

    A Reply answers for this backend: a JSON object of a successful Reply is its document, anything else goes to the
    client as it is. Stands where the URL is built and the answer is formatted (KrakenD: modifiers of a backend).
    """

    inside = ("filter_headers",)
    outside = ("formatting",)
    #: its hooks declare their own
    paths = ()

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        self._hooks = Attachment(
            settings.hooks, request="backend_request", response="backend_response", max_kept_body=most_kept(settings)
        )
        self._is_no_op = settings.is_no_op
        self._next = next

    async def __call__(self, request: Request) -> Response:
        asked = await self._hooks.asked(request)
        if isinstance(asked, Reply):
            return self._replied(asked)
        return await self._hooks.answered(asked, await self._next(asked))

    def _replied(self, reply: Reply) -> Response:
        response = Response(reply.status, headers=reply.headers, body=reply.body)
        if self._is_no_op:
            return response
        document = _object(reply.body) if reply.status < 300 else None
        if document is None:
            raise Replied(response)
        return Response(data=document)


def _object(body: bytes) -> dict[str, object] | None:
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


_guard: type[BackendMiddleware] = BackendHooks
