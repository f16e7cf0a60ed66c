"""Header fields as the router reads and writes them: in the bytes of the wire, and in Go's spelling.

    headers = RawHeaders.received(scope["headers"])
    headers.last.get(b"host")
    answered((), response.headers.pairs).headers.raw    # ((b"content-type", b"text/plain"), …)
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Self

from krakpy_sdk import Headers, Response

from krakpy.config import settings

Raw = Sequence[tuple[bytes, bytes]]

#: fields that are about one connection and never pass (RFC 9110 §7.6.1; the older ones in RFC 2616 §13.5.1)
HOP_BY_HOP = frozenset({
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te", b"trailer",
    b"transfer-encoding", b"upgrade",
})
CONTENT_LENGTH = b"content-length"
#: fields that frame the message, which `Connection` cannot take away
_FRAMING = frozenset({b"host", CONTENT_LENGTH, b"transfer-encoding"})
#: values of `Connection` that name no other field
_NAMES_NOTHING = frozenset({b"keep-alive", b"close", b"", b"upgrade", b"keep-alive, upgrade", b"te"})
_TYPES = frozenset({b"content-type", b"content-encoding"})
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
#: SECURITY: nothing that could end a line
_VALUE = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")


class RawHeaders(Headers):
    """Header fields that remember their bytes: names in lower case, the last value of each name at hand.

    A changed copy has the bytes of what it holds.
    """

    # PERF: who forwards two of a browser's fifteen fields decodes two; 0.5 µs instead of 4
    __slots__ = ("last", "raw", "unsized")
    raw: Raw
    unsized: Raw
    """Those of an answer without its length: the same object for the same fields."""
    last: Mapping[bytes, bytes]

    def __init__(self, pairs: Iterable[tuple[str, str]] | Mapping[str, str] = ()) -> None:
        super().__init__(pairs)
        self.raw = _fields(self.pairs)
        self.unsized = _unsized(self.raw)
        self.last = dict(self.raw)

    @classmethod
    def of(cls, pairs: tuple[tuple[str, str], ...]) -> Self:
        """The fields of these pairs, with their bytes."""
        return cls(pairs)

    @classmethod
    def received(cls, raw: Raw) -> Self:
        """A client's fields, without those that its `Connection` names."""
        last = dict(raw)
        if b"connection" in last and (len(last) != len(raw) or last[b"connection"].lower() not in _NAMES_NOTHING):
            raw = without_nominated(raw)
            last = dict(raw)
        headers = cls.from_raw(raw)
        headers.raw = headers.unsized = raw
        headers.last = last
        return headers

    @classmethod
    def written(cls, raw: Raw) -> Self:
        """Fields of an answer, from bytes that are right already."""
        headers = cls.from_raw(raw)
        headers.raw = raw
        headers.unsized = _unsized(raw)
        headers.last = {}
        return headers


def without_nominated(raw: Raw) -> Raw:
    """The fields without those that `Connection` names (RFC 9110 §7.6.1).

    SECURITY: done where the request comes in, so that a client cannot take away what a middleware adds later.
    """
    values = [value for name, value in raw if name == b"connection"]
    named = {name.strip().lower() for value in values for name in value.split(b",")} - _FRAMING
    return [(name, value) for name, value in raw if name not in named]


class Answered(NamedTuple):
    """The fields of an answer."""

    headers: RawHeaders
    """In bytes: names in lower case, `Content-Length` last; what is hop-by-hop is left out."""

    says_type: bool
    """Whether they tell what the body is, or that it cannot be told by looking at it (`Content-Encoding`)."""


# PERF: most answers of an endpoint have the same fields: 0.3 µs for known ones, 8 µs for eight new ones
@lru_cache(maxsize=256)
def answered(own: Raw, pairs: tuple[tuple[str, str], ...]) -> Answered:
    """The gateway's own fields, then those of an answer; ValueError for a field that could not be sent."""
    raw = (*own, *_fields(pairs))
    return Answered(RawHeaders.written(raw), not _TYPES.isdisjoint(name for name, _ in raw))


def fields_of(response: Response) -> RawHeaders:
    """The fields of an answer in bytes; ValueError for one that could not be sent."""
    headers = response.headers
    return headers if isinstance(headers, RawHeaders) else answered((), headers.pairs).headers


def _fields(pairs: Iterable[tuple[str, str]]) -> Raw:
    fields: Raw = [_encoded(name, value) for name, value in pairs]
    if any(name == b"connection" for name, _ in fields):
        fields = without_nominated(fields)
    return tuple(sorted((field for field in fields if field[0] not in HOP_BY_HOP), key=_is_length))


def _unsized(raw: Raw) -> Raw:
    return raw[:-1] if raw and raw[-1][0] == CONTENT_LENGTH else raw


def _is_length(field: tuple[bytes, bytes]) -> bool:
    return field[0] == CONTENT_LENGTH


def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        # NOTE: what is no ISO-8859-1 is written as UTF-8 (Go: the same bytes)
        raw = value.encode("utf-8", "replace")
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(raw):
        raise ValueError(f"a header field that cannot be sent: {name[:100]!r}")
    return name.lower().encode("ascii"), raw


# PERF: 0.07 µs instead of 0.7; bounded, because clients choose the names
@lru_cache(maxsize=1024)
def canonical(name: bytes) -> str:
    """The usual spelling of a name (`x-user-id` is `X-User-Id`)."""
    return settings.canonical(name.decode("latin-1"))
