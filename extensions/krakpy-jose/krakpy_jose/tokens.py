"""Signed tokens in their compact form, taken apart strictly (RFC 7515 §3.1).

    token = parsed("eyJhbGciOi….eyJzdWIiOi….c2lnbmF0dXJl")
    token.header["alg"], token.claims()["sub"]

Nothing here trusts a token: the claims are read only when somebody has verified the signature.
"""
from __future__ import annotations

import re
from binascii import Error, a2b_base64
from typing import Any, NamedTuple

from krakpy_jose.json_text import read_object

#: the longest token that is looked at, in characters
MAX_TOKEN_CHARACTERS = 8192

# SECURITY: the alphabet of base64url without padding, and nothing a lenient decoder would skip
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
_STANDARD = bytes.maketrans(b"-_", b"+/")
#: what a last character may be after so many full groups of four: others have bits that nobody reads
_LAST = {2: frozenset(b"AQgw"), 3: frozenset(b"AEIMQUYcgkosw048")}


class TokenError(Exception):
    """A token is refused. The words are for the operator's log, never for the client."""


class Token(NamedTuple):
    """A token in its parts; nothing of it is verified."""

    header: dict[str, Any]
    signed: bytes
    """What the signature is over."""
    payload: str
    signature: bytes

    def claims(self) -> dict[str, Any]:
        """What the token says; TokenError if it is no JSON object."""
        return _object(self.payload, "payload")


def parsed(text: str) -> Token:
    """The parts of a token; TokenError if it has others than a header, a payload and a signature."""
    if len(text) > MAX_TOKEN_CHARACTERS:
        raise TokenError(f"is longer than {MAX_TOKEN_CHARACTERS} characters")
    parts = _COMPACT.fullmatch(text)
    if parts is None:
        raise TokenError("is no signed token in compact form")
    header, payload, signature = parts.groups()
    return Token(_header(header), text[: parts.end(2)].encode("ascii"), payload, decoded(signature))


def _header(text: str) -> dict[str, Any]:
    header = _object(text, "header")
    if "crit" in header or "b64" in header:
        raise TokenError("asks for an extension of the format")
    return header


def _object(text: str, part: str) -> dict[str, Any]:
    try:
        return read_object(decoded(text))
    except ValueError as error:
        raise TokenError(f"its {part} {error}") from None


def decoded(text: str) -> bytes:
    """The bytes of base64url without padding; TokenError for anything else."""
    raw = text.encode("ascii", "replace")
    rest = len(raw) % 4
    if rest == 1 or (rest and raw[-1] not in _LAST[rest]):
        raise TokenError("has base64 that nothing encodes to")
    try:
        return a2b_base64(raw.translate(_STANDARD) + b"=" * (-rest % 4), strict_mode=True)
    except Error:
        raise TokenError("is no base64") from None
