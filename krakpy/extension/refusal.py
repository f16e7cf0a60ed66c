"""What a client sees of an error in the server seat, which no router turns into an answer."""
from __future__ import annotations

from http import HTTPStatus

import msgspec
from krakpy_sdk import ASGIApp, Receive, RejectedError, Scope, Send

from krakpy.config.model import Router
from krakpy.errors import ExtensionError, KrakpyError


async def refuse(error: KrakpyError, send: Send) -> None:
    """Answer a request that failed before anything was sent (RFC 9457)."""
    document: dict[str, object] = {"type": "about:blank", "title": _phrase(error.status), "status": error.status}
    if isinstance(error, ExtensionError):
        document["code"] = error.problem.code.id
    body = msgspec.json.encode(document)
    fields = {"Content-Type": "application/problem+json", "Content-Length": str(len(body))}
    if isinstance(error, RejectedError):
        fields |= error.headers
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def unavailable(error: KrakpyError, next: ASGIApp, router: Router) -> ASGIApp:
    """An application that refuses every request for this reason, but those for the gateway's own health."""
    health = None if router.disable_health else f"/{router.health_path.removeprefix('/')}"

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != health:
            await refuse(error, send)
        else:
            await next(scope, receive, send)

    return call


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # NOTE: an extension may refuse with a status that has no name
        return "Refused"
