"""What a client sees of an error in the server seat, which no router turns into an answer."""
from __future__ import annotations

from http import HTTPStatus

from krakpy_sdk import ASGIApp, Receive, RejectedError, Scope, Send

from krakpy.config.model import Router
from krakpy.errors import ExtensionError, KrakpyError, problem_response


async def refuse(error: KrakpyError, send: Send) -> None:
    """Answer a request that failed before anything was sent (RFC 9457)."""
    answer = problem_response(error.problem if isinstance(error, ExtensionError) else None, error.status)
    body = answer.body or b""
    fields = {**dict(answer.headers.pairs), "Content-Length": str(len(body))}
    if isinstance(error, RejectedError):
        fields |= error.headers
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def unavailable(error: KrakpyError, next: ASGIApp, router: Router) -> ASGIApp:
    """An application that refuses every request for this reason, but those for the gateway's own health."""
    health = health_of(router)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != health:
            await refuse(error, send)
        else:
            await next(scope, receive, send)

    return call


def health_of(router: Router) -> str | None:
    """The path where the gateway tells of its health, if it does."""
    return None if router.disable_health else f"/{router.health_path.removeprefix('/')}"


def is_absence(error: KrakpyError) -> bool:
    """Whether an extension is not there to be asked, which is no reason for the gateway to hide how it is."""
    return isinstance(error, ExtensionError) and error.status == HTTPStatus.SERVICE_UNAVAILABLE
