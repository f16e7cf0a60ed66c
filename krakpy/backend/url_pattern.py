"""Write the path that a backend is asked for, with the request's values in place of the placeholders.

    {"url_pattern": "/users/{id}/orders?currency={currency}", "method": "GET"}
"""
from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping, Sequence
from functools import cache
from urllib.parse import quote

import msgspec
from krakpy_sdk import BackendMiddleware, BackendSettings, Proxy, Request, Response

from krakpy.backend.placeholders import Placeholder, parsed


class UrlPattern:
    """Sets `method`, and as `path` the encoded path with the query that the pattern itself has.

    Every value is one segment, or one value of the query: what it holds can never add another (KrakenD pastes values as
    they are). A placeholder without a value stays, as `{{.Name}}` (KrakenD: the same). RejectedError and UpstreamError
    for values that no path may hold, see `krakpy.backend.placeholders`.
    """

    inside = ("filter_query",)
    outside = ("concurrent_calls", "load_balancer", "filter_headers")
    paths = ()

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        path, mark, query = settings.url_pattern.partition("#")[0].partition("?")
        self.method = settings.method.upper()
        self.next = next
        self._path = Side(path, PATH)
        self._query = Side(mark + query, QUERY)
        self.is_fixed = self._path.is_fixed and self._query.is_fixed
        """Whether the target is always the same."""

    def __call__(self, request: Request) -> Awaitable[Response]:
        return self.next(request.replace(method=self.method, path=self.target(request.params)))

    def target(self, params: Mapping[str, str]) -> str:
        """Path and query with these values in place."""
        return self._path.filled(params) + self._query.filled(params)


class Encoding(msgspec.Struct, frozen=True, kw_only=True):
    """Which characters stay as they are on one side of a pattern, beside letters, digits and `_.-~`."""

    raw: str
    """In a value, as long as nothing in any value has to be encoded."""

    forced: str
    """In a value, once something in one of them has to be encoded (Go: URL.EscapedPath falls back to `escape`)."""

    literal_raw: str
    """As `raw`, in the text that the operator wrote."""

    literal_forced: str
    """As `forced`, in the text that the operator wrote."""

    in_claims: str
    """Also in the claims of a token: the comma that joins a list."""

    in_answers: str
    """Also in values of earlier answers, which may be a path of their own."""


PATH = Encoding(
    raw="!$&'()*+,;=:@[]",
    forced="$&+,:;=@",
    literal_raw="!$&'()*+,;=:@[]/%",
    literal_forced="$&+,:;=@/%",
    in_claims="",
    in_answers="/",
)
#: texts that are the same in every encoding
_IS_PLAIN = re.compile(r"[A-Za-z0-9_.~/-]*").fullmatch
_PRINTABLE = "!$%&'()*+,/:;=?@[\\]^`{|}"
QUERY = Encoding(
    raw="", forced="", literal_raw=_PRINTABLE, literal_forced=_PRINTABLE, in_claims=",", in_answers=","
)


class Side:
    """The path or the query of a pattern."""

    __slots__ = ("_encoding", "_forced", "_holes", "_is_harmless", "_raw", "_tail", "_text")

    def __init__(self, pattern: str, encoding: Encoding) -> None:
        literals, placeholders = parsed(pattern)
        self._encoding = encoding
        self._raw, self._forced = _literals(literals, encoding)
        self._holes = tuple(zip(self._raw, placeholders, strict=False))
        self._tail = self._raw[-1]
        self._text = None if placeholders else self._tail
        self._is_harmless = _harmless(encoding.raw).fullmatch

    @property
    def is_fixed(self) -> bool:
        """Whether there is nothing to fill in."""
        return self._text is not None

    def filled(self, params: Mapping[str, str]) -> str:
        """This side with the values in place, encoded."""
        if self._text is not None:
            return self._text
        # PERF: nearly all values are harmless: 0.9 µs for one of them, where looking closely takes 5
        pieces = []
        for literal, placeholder in self._holes:
            value = params.get(placeholder.name)
            if value is None or not self._is_harmless(value):
                return self._filled_with_care(params)
            pieces.append(literal)
            pieces.append(value)
        pieces.append(self._tail)
        return "".join(pieces)

    def _filled_with_care(self, params: Mapping[str, str]) -> str:
        encoding = self._encoding
        values = [(placeholder, placeholder.value(params)) for _, placeholder in self._holes]
        written = [quote(value, safe=encoding.raw + self._also(placeholder)) for placeholder, value in values]
        literals = self._raw
        if written != [value for _, value in values]:
            written = [quote(value, safe=encoding.forced + self._also(placeholder)) for placeholder, value in values]
            literals = self._forced
        return "".join(map(str.__add__, literals, [*written, ""]))

    def _also(self, placeholder: Placeholder) -> str:
        if placeholder.is_answer:
            return self._encoding.in_answers
        return self._encoding.in_claims if placeholder.is_claim else ""


def _literals(literals: Sequence[str], encoding: Encoding) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The text of the pattern where nothing has to be encoded, and where something has to be."""
    plain = tuple(literals)
    if all(map(_IS_PLAIN, plain)):
        return plain, plain  # PERF: nearly all patterns are, and `quote` looks at every character
    forced = tuple(quote(literal, safe=encoding.literal_forced) for literal in plain)
    raw = tuple(quote(literal, safe=encoding.literal_raw) for literal in plain)
    return (plain if raw == plain else forced), forced


@cache
def _harmless(raw: str) -> re.Pattern[str]:
    """The values that are neither empty nor dots, and need no encoding."""
    return re.compile(rf"(?!\.)[\w.~{re.escape(raw)}\-]+", re.ASCII)


_guard: type[BackendMiddleware] = UrlPattern
