"""Both ends of a gateway without sockets: a script answers for every backend, and one asks as a client.

    script = Script(asked)
    answer = await ask(app, asked)
    script.requests[0].url
"""
from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from krakpy_sdk import ASGIApp, Headers, Request, Response

from krakpy.cli.ext.exchange import Asked


class Script:
    """Answers every backend in the same way."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.requests: list[Request] = []

    async def __call__(self, request: Request) -> Response:
        """What the backend would answer, once it has the whole request."""
        if request.stream is not None:
            request = request.replace(body=b"".join([part async for part in request.stream]), stream=None)
        self.requests.append(request)
        asked = self._asked
        headers = Headers(tuple(asked.answer_headers.items()))
        return Response(asked.answer_status, headers=headers, body=asked.answer.encode())


async def ask(app: ASGIApp, asked: Asked) -> Response:
    """Ask as a client does; the whole answer."""
    parts: list[Mapping[str, Any]] = []
    is_sent = False

    async def receive() -> dict[str, Any]:
        nonlocal is_sent
        if is_sent:
            await asyncio.get_running_loop().create_future()
        is_sent = True
        return {"type": "http.request", "body": asked.body.encode(), "more_body": False}

    async def send(message: Any) -> None:
        parts.append(message)

    await app(_scope(asked), receive, send)
    return Response(
        parts[0]["status"],
        headers=Headers.from_raw(list(parts[0]["headers"])),
        body=b"".join(part.get("body", b"") for part in parts[1:]),
    )


def _scope(asked: Asked) -> dict[str, Any]:
    path, _, query = asked.target.partition("?")
    fields = {"host": "gateway.test"} | {name.lower(): value for name, value in asked.headers.items()}
    if asked.body:
        fields.setdefault("content-length", str(len(asked.body.encode())))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8080),
    }
