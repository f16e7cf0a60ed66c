"""What a hook gives back: a `Patch` for the message, a `Reply` that ends the request, or nothing.

    return Patch().set_header("X-Country", "NO").remove_query("debug")
    return Reply(403, json={"error": "blocked"})
"""
from __future__ import annotations

import json as _json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from krakpy_sdk.messages import Headers, Request, Response

#: RFC 9110 §5.6.2
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
#: RFC 9110 §5.5: visible characters, spaces, tabs and obs-text, all of which ISO-8859-1 can write
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
#: SECURITY: no character that could end the request line
_PATH = re.compile(r"/[^\x00-\x1f\x7f]*")


class ContractError(ValueError):
    """A hook gave something that no message may hold; the request is answered 502."""


def checked_header(name: object, value: object) -> tuple[str, str]:
    """The field as given; ContractError if it could not be sent as one header field (RFC 9110 §5)."""
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise ContractError(f"not a header name: {name!r}")
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise ContractError(f"not a value of header {name}: {value!r}")
    return name, value


def checked_status(status: object) -> int:
    """The status as given; ContractError unless it is an int from 200 to 599."""
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise ContractError(f"not a final status: {status!r}")
    return status


class Patch:
    """What to change in the message, in the order of the calls. Each call gives a new Patch.

    Paths of `set_data` and `remove_data` are dotted (`user.name`) and go through objects only.
    """

    # PERF: a plain slot instead of a frozen dataclass: hooks make one for each request
    __slots__ = ("_changes",)

    def __init__(self, changes: tuple[tuple[Any, ...], ...] = ()) -> None:
        self._changes = changes

    @property
    def changes(self) -> tuple[tuple[Any, ...], ...]:
        """The calls, each as its name and arguments."""
        return self._changes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Patch) and self._changes == other._changes

    def __hash__(self) -> int:
        return hash(repr(self._changes))

    def __repr__(self) -> str:
        return "Patch()" + "".join(f".{name}({', '.join(map(repr, rest))})" for name, *rest in self._changes)

    def _with(self, *change: Any) -> Patch:
        return Patch((*self._changes, change))

    def set_header(self, name: str, value: str) -> Patch:
        """Give the header this one value."""
        return self._with("set_header", *checked_header(name, value))

    def add_header(self, name: str, value: str) -> Patch:
        """Give the header one more value."""
        return self._with("add_header", *checked_header(name, value))

    def remove_header(self, name: str) -> Patch:
        """Take the header away."""
        return self._with("remove_header", checked_header(name, "")[0])

    def set_query(self, name: str, value: str) -> Patch:
        """Give the query parameter this one value."""
        return self._with("set_query", _text(name, "a query name"), _text(value, "a query value"))

    def remove_query(self, name: str) -> Patch:
        """Take the query parameter away."""
        return self._with("remove_query", _text(name, "a query name"))

    def set_method(self, method: str) -> Patch:
        """Ask with another method."""
        if not isinstance(method, str) or not _TOKEN.fullmatch(method):
            raise ContractError(f"not a method: {method!r}")
        return self._with("set_method", method.upper())

    def set_path(self, path: str) -> Patch:
        """Ask for another path."""
        if not _PATH.fullmatch(_text(path, "a path")):
            raise ContractError(f"a path starts with a slash and holds no control characters: {path!r}")
        return self._with("set_path", path)

    def set_body(self, body: bytes) -> Patch:
        """Replace the body."""
        if not isinstance(body, bytes):
            raise ContractError(f"a body is bytes, not {type(body).__name__}")
        return self._with("set_body", body)

    def set_json(self, document: Any) -> Patch:
        """Replace the body by this document, and say so in `Content-Type`."""
        return self.set_body(_encoded(document)).set_header("Content-Type", "application/json")

    def set_status(self, status: int) -> Patch:
        """Answer with another status."""
        return self._with("set_status", checked_status(status))

    def set_data(self, path: str, value: Any) -> Patch:
        """Put a JSON value into the document; objects on the way are made."""
        _encoded(value)
        return self._with("set_data", _text(path, "a path"), value)

    def remove_data(self, path: str) -> Patch:
        """Take a value out of the document."""
        return self._with("remove_data", _text(path, "a path"))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that ends the request here. Give one of `body` (bytes), `text` or `json`."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    def __init__(
        self,
        status: int,
        *,
        headers: Mapping[str, str] | Headers | None = None,
        body: bytes | None = None,
        text: str | None = None,
        json: Any = None,
    ) -> None:
        content, kind = _content(body, text, json)
        fields = headers if isinstance(headers, Headers) else Headers(headers or {})
        fields = Headers(checked_header(name, value) for name, value in fields.pairs)
        if kind and "content-type" not in fields:
            fields = fields.add("Content-Type", kind)
        object.__setattr__(self, "status", checked_status(status))
        object.__setattr__(self, "headers", fields)
        object.__setattr__(self, "body", content)


def _content(body: bytes | None, text: str | None, json: Any) -> tuple[bytes, str]:
    if sum(part is not None for part in (body, text, json)) > 1:
        raise ContractError("a Reply has one of body, text and json")
    if json is not None:
        return _encoded(json), "application/json"
    if text is not None:
        return _text(text, "a text").encode(), "text/plain; charset=utf-8"
    if body is not None and not isinstance(body, bytes):
        raise ContractError(f"a body is bytes, not {type(body).__name__}")
    return body or b"", ""


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise ContractError(f"not {what}: {value!r}")
    return value


def _encoded(document: Any) -> bytes:
    try:
        return _json.dumps(document, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ContractError(f"not a JSON document: {error}") from error


def patched_request(request: Request, patch: Patch) -> Request:
    """The request with the patch applied; ContractError for a change that a request cannot take."""
    for name, *arguments in patch.changes:
        if name in _ON_HEADERS:
            request = request.replace(headers=_ON_HEADERS[name](request.headers, *arguments))
        elif name in _ON_REQUEST:
            request = _ON_REQUEST[name](request, *arguments)
        else:
            raise ContractError(f"{name} does not apply to a request")
    return request


def patched_response(response: Response, patch: Patch) -> Response:
    """The response with the patch applied; ContractError for a change that a response cannot take."""
    for name, *arguments in patch.changes:
        if name in _ON_HEADERS:
            response = response.replace(headers=_ON_HEADERS[name](response.headers, *arguments))
        elif name in _ON_RESPONSE:
            response = _ON_RESPONSE[name](response, *arguments)
        else:
            raise ContractError(f"{name} does not apply to a response")
    return response


_ON_HEADERS: Mapping[str, Callable[..., Headers]] = {
    "set_header": Headers.set, "add_header": Headers.add, "remove_header": Headers.remove,
}

_ON_REQUEST: Mapping[str, Callable[..., Request]] = {
    "set_query": lambda request, name, value: request.replace(query=request.query.set(name, value)),
    "remove_query": lambda request, name: request.replace(query=request.query.remove(name)),
    "set_method": lambda request, method: request.replace(method=method),
    "set_path": lambda request, path: request.replace(path=path),
    "set_body": lambda request, body: _with_body(request, body),
}

_ON_RESPONSE: Mapping[str, Callable[..., Response]] = {
    "set_status": lambda response, status: response.replace(status=status),
    "set_body": lambda response, body: _with_body(response, body),
    "set_data": lambda response, path, value: response.replace(data=_set(response.data or {}, path.split("."), value)),
    "remove_data": lambda response, path: response.replace(data=_remove(response.data or {}, path.split("."))),
}


def _with_body(message: Any, body: bytes) -> Any:
    headers = message.headers
    if "content-length" in headers:
        headers = headers.set("Content-Length", str(len(body)))
    return message.replace(body=body, stream=None, headers=headers.remove("Content-Encoding"))


def _set(data: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    first, *rest = path
    if not rest:
        return {**data, first: value}
    inner = data.get(first)
    return {**data, first: _set(inner if isinstance(inner, dict) else {}, rest, value)}


def _remove(data: dict[str, Any], path: list[str]) -> dict[str, Any]:
    first, *rest = path
    if not rest:
        return {name: value for name, value in data.items() if name != first}
    inner = data.get(first)
    return {**data, first: _remove(inner, rest)} if isinstance(inner, dict) else data
