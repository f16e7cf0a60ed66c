"""What backends get of a token: claims as header fields, and as `{JWT.…}` in their patterns.

    propagate = Propagation(pairs=(("sub", "X-User"),), keeps_arrays=False, patterns=("/users/{JWT.sub}",))
    forwarded = propagate(request, {"sub": "ada"})
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from krakpy_sdk import Headers, Request

from krakpy_jose.access import MISSING, found
from krakpy_jose.json_text import written
from krakpy_jose.tokens import TokenError

_CLAIM = re.compile(r"\{JWT\.([\w\-.:/]+)\}", re.ASCII)
#: SECURITY: a claim never ends a line of a header
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
#: how far from a whole number one still counts as whole (KrakenD)
_EPSILON = 1e-6


class Params(dict[str, str]):
    """The parameters of a path with the claims among them (`JWT.sub`), and all claims beside them.

    `claims` is what the token says, for middlewares inside of the validator. They must not change it.
    """

    __slots__ = ("claims",)

    def __init__(self, params: Mapping[str, str], claims: Mapping[str, Any]) -> None:
        super().__init__(params)
        self.claims = claims


class Propagation:
    """Writes the claims of a verified token into a request.

    What the client sends under the name of such a field never survives: without the claim the field is empty.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]], *, keeps_arrays: bool, patterns: Iterable[str]) -> None:
        self._fields = [(_path(claim), header) for claim, header in dict.fromkeys(pairs)]
        self._names = frozenset(header.lower() for _, header in self._fields)
        self._written = partial(_texts if keeps_arrays else _one_text)
        self._params = sorted({claim for pattern in patterns for claim in _CLAIM.findall(pattern)})

    def __call__(self, request: Request, claims: Mapping[str, Any]) -> Request:
        """The request as the endpoint gets it; TokenError for a claim that no header field can hold."""
        params = Params(request.params, claims)
        for name in self._params:
            if name in claims:
                params[f"JWT.{name}"] = text_of(claims[name])
        if not self._fields:
            return request.replace(params=params)
        kept = [pair for pair in request.headers.pairs if pair[0].lower() not in self._names]
        own = {
            header.lower(): [(header, _sendable(text)) for text in self._written(found(claims, path))]
            for path, header in self._fields
        }
        pairs = (*kept, *(pair for fields in own.values() for pair in fields))
        return request.replace(params=params, headers=Headers.of(pairs))


def _path(claim: str) -> tuple[str, ...]:
    """Where a claim is; one whose name is an address has no parts (KrakenD: the same)."""
    return (claim,) if claim.startswith("http") else tuple(claim.split("."))


def _one_text(value: Any) -> list[str]:
    return [text_of(value)]


def _texts(value: Any) -> list[str]:
    if isinstance(value, list) and value:
        return [_item(item) for item in value]
    return [text_of(value)]


def _sendable(text: str) -> str:
    if _UNSENDABLE.search(text):
        raise TokenError("has a claim that no header field can hold")
    # NOTE: fields are bytes under the names of ISO-8859-1; a claim goes out as UTF-8 (Go: the same)
    return text if text.isascii() else text.encode("utf-8").decode("latin-1")


def text_of(value: Any) -> str:
    """A claim as text: lists joined by commas, whole numbers without a fraction, objects as JSON."""
    if value is MISSING:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        nearest = round(value)
        return str(nearest) if abs(value - nearest) <= _EPSILON else f"{value:f}"
    if isinstance(value, list):
        return ",".join(map(_item, value))
    return written(value)


def _item(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return "<nil>" if value is None else text_of(value) if isinstance(value, str) else written(value)
