"""Signs objects of an endpoint's answer (`auth/signer`), in two parts: `Signer` signs, `SignerGate` writes the answer.

    "auth/signer": {"alg": "RS256", "kid": "a", "jwk_url": "https://idp.test/private", "keys_to_sign": ["access_token"]}
"""
from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Mapping
from typing import Any

from krakpy_sdk import (
    ConfigError,
    EndpointMiddleware,
    EndpointSettings,
    Headers,
    Proxy,
    RejectedError,
    Request,
    Response,
    RouterMiddleware,
    RouterSettings,
    UpstreamError,
)

from krakpy_jose.algorithms import Algorithm, algorithm
from krakpy_jose.config import SignerConfig
from krakpy_jose.json_text import written
from krakpy_jose.signing_key import SigningKey
from krakpy_jose.validator import UNAUTHORIZED

#: how the two parts know each other's answers
_SIGNED = "x-krakpy-signed"
_FAILED = Response(400, body=b"", headers=Headers({_SIGNED: "failed"}))
#: fields that KrakenD does not write to such an answer
_LEFT_OUT = frozenset({_SIGNED, "x-krakend", "x-krakend-completed", "cache-control"})
_TYPE = ("Content-Type", "application/json; charset=utf-8")


class Signer:
    """Replaces the objects under `keys_to_sign` by tokens, and renders the document as JSON in any encoding."""

    Config = SignerConfig
    outside = (
        "modifier/lua-proxy", "validation/cel", "validation/json-schema", "shadow", "static",
        "plugin/req-resp-modifier", "buffer_body", "flatmap",
    )  # fmt: skip

    def __init__(self, settings: EndpointSettings, next: Proxy) -> None:
        config: SignerConfig = settings.config
        if settings.is_no_op:
            raise ConfigError("nothing can be signed of an answer that is not decoded: the encoding is no-op")
        self._next = next
        self._names = config.keys_to_sign
        self._key = SigningKey(settings, config)
        self._write = Writer(algorithm(config.alg), config)

    async def __call__(self, request: Request) -> Response:
        key = await self._key.found()
        if key is None:
            return _FAILED
        try:
            response = await self._next(request)
        except (UpstreamError, RejectedError) as error:
            self._key.log.warning("nothing to sign: %s", type(error).__name__)
            return _FAILED
        data = response.data
        if data is None:
            return response  # somebody has replied in place of the backends
        if response.errors:
            return _FAILED
        signed = {
            name: self._write(key, value) if name in self._names and isinstance(value, Mapping) else value
            for name, value in data.items()
        }
        fields = {name.lower(): (name, value) for name, value in reversed(response.headers.pairs)}
        fields |= {_SIGNED: (_SIGNED, "done"), "content-type": _TYPE}
        body = written(signed).encode("utf-8", "replace")
        return Response(_status(response), headers=Headers(fields.values()), body=body)


def _status(response: Response) -> int:
    """The status; that of a single backend whose error is the document (`return_error_details`)."""
    data = response.data or {}
    if len(data) == 1 and not response.is_complete:
        [(name, details)] = data.items()
        status = details.get("http_status_code") if isinstance(details, Mapping) else None
        if name.startswith("error_") and isinstance(status, int):
            return status
    return response.status or 200


class Writer:
    """Writes signed tokens."""

    def __init__(self, algorithm: Algorithm, config: SignerConfig) -> None:
        self._algorithm = algorithm
        self._is_full = config.full
        # NOTE: in this order and without spaces, as KrakenD writes it
        members = {"alg": config.alg, "kid": config.kid, "typ": config.typ or "JWT"}
        header = ",".join(f'"{name}":{written(value)}' for name, value in members.items())
        self._header = _base64(f"{{{header}}}".encode())

    def __call__(self, key: Any, claims: Mapping[str, Any]) -> str:
        """A token that says this."""
        payload = _base64(written(claims).encode("utf-8", "replace"))
        signature = _base64(self._algorithm.sign(f"{self._header}.{payload}".encode(), key))
        if self._is_full:
            return written({"payload": payload, "protected": self._header, "signature": signature})
        return f"{self._header}.{payload}.{signature}"


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class SignerGate:
    """Lets nobody in while there is no key to sign with (401), and answers 400 for what fails (KrakenD: the same)."""

    Config = SignerConfig
    inside = ("auth/validator", "validation/cel")
    outside = ("modifier/lua-endpoint", "qos/ratelimit/router")

    def __init__(self, settings: RouterSettings, next: Proxy) -> None:
        config: SignerConfig = settings.config
        self._next = next
        self._key = SigningKey(settings, config)

    async def setup(self) -> None:
        """Get the key."""
        await self._key.warm_up()

    def __call__(self, request: Request) -> Awaitable[Response]:
        return self._answer(request)

    async def _answer(self, request: Request) -> Response:
        if await self._key.found() is None:
            return UNAUTHORIZED
        response = await self._next(request)
        outcome = response.headers.get(_SIGNED)
        if outcome == "done":
            kept = tuple(pair for pair in response.headers.pairs if pair[0].lower() not in _LEFT_OUT)
            return response.replace(headers=Headers.of(kept))
        if outcome == "failed" or (response.status == 500 and "x-krakend" in response.headers):
            return Response(400, body=b"")
        return response


_guard: type[EndpointMiddleware] = Signer
_gate_guard: type[RouterMiddleware] = SignerGate
