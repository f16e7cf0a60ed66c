"""What expressions see: KrakenD's variables, and of them no more than is mentioned.

    make = RequestVariables(["req_method == 'GET' && 'X-A' in req_headers"])
    make(request)       # {"req_method": "GET", "req_headers": {"X-A": ["yes"]}}
"""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from krakpy_sdk import Headers, Request, Response

from krakpy_cel.mentions import mentioned

Clock = Callable[[], datetime]
Variables = dict[str, Any]


def local_time() -> datetime:
    """Now, where the gateway runs."""
    return datetime.now(UTC).astimezone()


class RequestVariables:
    """Makes the `req_…` variables that these expressions mention, and `now`."""

    def __init__(self, expressions: Iterable[str], clock: Clock = local_time) -> None:
        texts = tuple(expressions)
        makers: dict[str, Callable[[Request], object]] = {
            "req_method": lambda request: request.method,
            "req_path": lambda request: _text(request.path),
            "req_params": lambda request: {_capital(name): _text(value) for name, value in request.params.items()},
            "req_headers": _headers(mentioned("req_headers", *texts)),
            "req_querystring": _query(mentioned("req_querystring", *texts)),
            "now": lambda _: written(clock()),
        }
        self._makers = _wanted(makers, texts)

    def __call__(self, request: Request) -> Variables:
        return {name: make(request) for name, make in self._makers}


class ResponseVariables:
    """Makes the `resp_…` variables that these expressions mention, and `now`.

    Status and header fields are those of raw answers (`no-op`) alone: 0 and none where a document was decoded (KrakenD:
    the same).
    """

    def __init__(self, expressions: Iterable[str], clock: Clock = local_time) -> None:
        texts = tuple(expressions)
        makers: dict[str, Callable[[Response], object]] = {
            "resp_completed": lambda response: response.is_complete,
            "resp_metadata_status": lambda response: response.status if _is_raw(response) else 0,
            "resp_metadata_headers": lambda response: _grouped(response.headers) if _is_raw(response) else {},
            "resp_data": _members(mentioned("resp_data", *texts), plain),
            "now": lambda _: written(clock()),
        }
        self._makers = _wanted(makers, texts)

    def __call__(self, response: Response) -> Variables:
        return {name: make(response) for name, make in self._makers}


class TokenVariables:
    """Makes `JWT` of the claims of a token, as far as these expressions mention them, and `now`."""

    def __init__(self, expressions: Iterable[str], clock: Clock = local_time) -> None:
        texts = tuple(expressions)
        makers: dict[str, Callable[[Mapping[str, Any]], object]] = {
            "JWT": _claims(mentioned("JWT", *texts)),
            "now": lambda _: written(clock()),
        }
        self._makers = _wanted(makers, texts)

    def __call__(self, claims: Mapping[str, Any]) -> Variables:
        return {name: make(claims) for name, make in self._makers}


def written(moment: datetime) -> str:
    """A moment as `now` has it: RFC 3339 with milliseconds (KrakenD: the same)."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """A value of a document in the types that the language knows; numbers become the text that they were written in.

    KrakenD: the same, so that `int(resp_data.id) == 1` is how to compare one.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        return {name: plain(member) for name, member in value.items()}
    if kind is list or kind is tuple:
        return [plain(item) for item in value]
    if kind is int:
        return str(value)
    # NOTE: a float that remembers no text is of the configuration or of a script, and is a number there too
    return getattr(value, "text", value)


def claim(value: Any) -> Any:
    """A value of a token in the types that the language knows; every number is a double (KrakenD: the same)."""
    if isinstance(value, dict):
        return {name: claim(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [claim(item) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _double(value)
    return value


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _wanted(makers: Mapping[str, Callable[[Any], object]], texts: Sequence[str]) -> tuple[Any, ...]:
    return tuple((name, make) for name, make in makers.items() if any(name in text for text in texts))


def _members(names: frozenset[str] | None, made: Callable[[Any], Any]) -> Callable[[Response], Variables]:
    if names is None:
        return lambda response: {name: made(value) for name, value in (response.data or {}).items()}
    ordered = sorted(names)

    def chosen(response: Response) -> Variables:
        data = response.data or {}
        return {name: made(data[name]) for name in ordered if name in data}

    return chosen


def _claims(names: frozenset[str] | None) -> Callable[[Mapping[str, Any]], Variables]:
    if names is None:
        return lambda claims: {name: claim(value) for name, value in claims.items()}
    ordered = sorted(names)
    return lambda claims: {name: claim(claims[name]) for name in ordered if name in claims}


def _headers(names: frozenset[str] | None) -> Callable[[Request], dict[str, list[str]]]:
    if names is None:
        return lambda request: _grouped(request.headers)
    # NOTE: a name that is not in its canonical form is never there (KrakenD: the same)
    ordered = sorted(name for name in names if name == _canonical(name))

    def chosen(request: Request) -> dict[str, list[str]]:
        headers = request.headers
        return {name: [_utf8(value) for value in headers.getall(name)] for name in ordered if name in headers}

    return chosen


def _is_raw(response: Response) -> bool:
    return response.body is not None or response.stream is not None


def _grouped(headers: Headers) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in headers.pairs:
        grouped.setdefault(_canonical(name), []).append(_utf8(value))
    return grouped


def _query(names: frozenset[str] | None) -> Callable[[Request], dict[str, list[str]]]:
    def every(request: Request) -> dict[str, list[str]]:
        grouped: dict[str, list[str]] = {}
        for name, value in request.query.pairs:
            grouped.setdefault(_text(name), []).append(_text(value))
        return grouped

    if names is None:
        return every
    ordered = sorted(names)

    def chosen(request: Request) -> dict[str, list[str]]:
        query = request.query
        return {name: [_text(value) for value in query.getall(name)] for name in ordered if name in query}

    return chosen


@lru_cache(maxsize=1024)
def _canonical(name: str) -> str:
    """The name of a field with every word in capitals (Go: textproto.CanonicalMIMEHeaderKey)."""
    return "-".join(word.capitalize() for word in name.split("-"))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _text(value: str) -> str:
    """The text with U+FFFD for bytes that are no UTF-8, which the language cannot hold."""
    return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _utf8(value: str) -> str:
    """The value of a field, which stands there byte for byte, as the text that was sent."""
    return value if value.isascii() else value.encode("latin-1", "replace").decode("utf-8", "replace")
