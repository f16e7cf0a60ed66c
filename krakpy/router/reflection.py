"""The endpoints that show a request: `/__debug/` in the log, `/__echo/` in the answer.

    {"debug_endpoint": true, "echo_endpoint": true}

SECURITY: both show what clients send, to the log and to whoever asks; they are off unless the configuration says
otherwise, and secrets are not logged.
"""
from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import msgspec
from krakpy_sdk import Query

from krakpy.config.settings import canonical
from krakpy.logs import event
from krakpy.router.client_body import ClientBody
from krakpy.router.messages import GatewayRequest, GatewayResponse

log = logging.getLogger("krakpy.debug")

#: the methods that both answer (KrakenD: all that gin knows)
METHODS = ("GET", "POST", "PUT", "PATCH", "HEAD", "OPTIONS", "DELETE", "CONNECT", "TRACE")
#: the most of a body that is shown
MAX_BODY_BYTES = 1024 * 1024

_JSON = ((b"content-type", b"application/json; charset=utf-8"),)


class Debug:
    """Logs a request at DEBUG and answers `{"message":"pong"}` (KrakenD: `/__debug/`)."""

    async def respond(self, req: GatewayRequest, resp: GatewayResponse) -> None:
        """Log it all, and answer."""
        event(
            log, logging.DEBUG, "debug request", method=req.method, path=req.path, query=_query_text(req),
            headers=_headers(req), body=(await _body(req)).decode("utf-8", "replace"),
        )
        resp.take(200, _JSON, b'{"message":"pong"}')


class Echo:
    """Answers with the request itself, its members in KrakenD's order (KrakenD: `/__echo/`)."""

    async def respond(self, req: GatewayRequest, resp: GatewayResponse) -> None:
        """Show it all."""
        resp.take(200, _JSON, msgspec.json.encode(await _reflected(req)))


async def _reflected(req: GatewayRequest) -> dict[str, Any]:
    query = Query.parse(_query_text(req))
    target = (req.scope.get("raw_path") or req.path.encode()).decode("latin-1")
    text = _query_text(req)
    return {
        "req_uri": f"{target}?{text}" if text else target,
        "req_uri_details": {
            "user": "",
            "host": _first(req, b"host"),
            "path": unquote(target, errors="replace"),
            "query": query.encode(),
            "fragment": "",
        },
        "req_method": req.method,
        "req_querystring": _lists(query.pairs),
        "req_body": (await _body(req)).decode("utf-8", "replace"),
        "req_headers": _headers(req),
    }


def _query_text(req: GatewayRequest) -> str:
    text: bytes = req.scope["query_string"]
    return text.decode("utf-8", "surrogateescape")


def _headers(req: GatewayRequest) -> dict[str, list[str]]:
    fields: list[tuple[bytes, bytes]] = req.scope["headers"]
    # NOTE: `Host` is no header in Go
    decoded = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields if name != b"host")
    return _lists((canonical(name), value) for name, value in decoded)


def _first(req: GatewayRequest, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in req.scope["headers"] if name == wanted), "")


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return dict(sorted(lists.items()))


async def _body(req: GatewayRequest) -> bytes:
    pieces = bytearray()
    if any(name in (b"content-length", b"transfer-encoding") for name, _ in req.scope["headers"]):
        async for piece in ClientBody(req.receive):
            pieces += piece
            if len(pieces) >= MAX_BODY_BYTES:
                break
    return bytes(pieces[:MAX_BODY_BYTES])
