"""Takes revocations from operators (`auth/revoker` of the service), on a path of the gateway that asks for a key.

    curl -X POST -H "Authorization: Bearer $KEY" -d '{"jti": ["abc", "def"]}' http://gateway/__revoker
    curl -H "Authorization: Bearer $KEY" 'http://gateway/__revoker?jti=abc'
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl

from krakpy_sdk import ASGIApp, Receive, Scope, Send, ServerMiddleware, ServerSettings
from krakpy_sdk.drivers import StoreError

from krakpy_jose.config import RevokerConfig
from krakpy_jose.json_text import read_object
from krakpy_jose.revocations import element, revoked

MAX_BODY_BYTES = 65536
MAX_VALUE_CHARACTERS = 1024


class Refused(Exception):
    """A request to the path cannot be answered: with which status, and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Revoker:
    """The path where revocations are added and looked up; absent without `admin_key`."""

    Config = RevokerConfig
    inside = ("security/cors",)
    outside = ("plugin/http-server",)

    @staticmethod
    def applies_to(settings: ServerSettings) -> bool:
        """Whether there is such a path: nobody else pays for it."""
        raw = settings.service.get("auth/revoker")
        return isinstance(raw, Mapping) and bool(raw.get("admin_key"))

    def __init__(self, settings: ServerSettings, next: ASGIApp) -> None:
        config: RevokerConfig = settings.config
        self._next = next
        self._path = config.admin_path
        self._key = b"Bearer " + config.admin_key.encode()
        self._keys = config.token_keys
        self._revoked = revoked(settings, config)
        self._log = settings.log

    async def setup(self) -> None:
        """Begin to follow other nodes."""
        if self._revoked.follower is not None:
            await self._revoked.follower.start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._next(scope, receive, send)
            return
        try:
            status, answer = 200, await self._answer(scope, receive)
        except Refused as error:
            status, answer = error.status, {"error": str(error)}
        await _send(send, status, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> dict[str, Any]:
        fields = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
        if len(fields) != 1 or not compare_digest(fields[0], self._key):
            raise Refused(401, "the key is missing or wrong")
        if scope["method"] == "POST":
            return await self._revoke(_claims(await _body(receive)))
        if scope["method"] == "GET":
            pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            return {"revoked": any(self._revoked({self._known(key): value}) for key, value in pairs)}
        raise Refused(405, "revoke with POST, look up with GET")

    async def _revoke(self, claims: Mapping[str, list[str]]) -> dict[str, Any]:
        elements = [element(self._known(key), value) for key, values in claims.items() for value in values]
        for each in elements:
            self._revoked.revoke(each)
        self._log.info("%d revocations added", len(elements))
        try:
            for each in elements:
                await self._revoked.publish(each)
        except StoreError:
            raise Refused(503, "revoked on this node; the others cannot be told, so send it again") from None
        return {"revoked": len(elements)}

    def _known(self, key: str) -> str:
        if key not in self._keys:
            raise Refused(400, f"token_keys has no {key[:100]!r}")
        return key


def _claims(body: bytes) -> dict[str, list[str]]:
    try:
        document = read_object(body)
    except ValueError as error:
        raise Refused(400, f"the body {error}") from None
    claims = {key: value if isinstance(value, list) else [value] for key, value in document.items()}
    for values in claims.values():
        if not all(isinstance(value, str) and 0 < len(value) <= MAX_VALUE_CHARACTERS for value in values):
            raise Refused(400, "claims have texts, or lists of texts")
    return claims


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused(400, "the body is not whole")
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise Refused(413, f"the body is larger than {MAX_BODY_BYTES} bytes")
        if not message.get("more_body"):
            return bytes(body)


async def _send(send: Send, status: int, answer: Mapping[str, Any]) -> None:
    body = json.dumps(answer).encode()
    fields = [
        (b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


_guard: type[ServerMiddleware] = Revoker
