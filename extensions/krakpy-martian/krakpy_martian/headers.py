"""Modifiers of header fields.

    {"header.Modifier": {"scope": ["request"], "name": "X-A", "value": "1"}}

`Host` of a request is what the upstream is told. How long a body is and how it is sent is the gateway's own business:
`Content-Length` and `Transfer-Encoding` are left alone.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from krakpy_sdk import ConfigError, Headers, Request, Response, UpstreamError
from krakpy_sdk.martian import RequestModifier, ResponseModifier

from krakpy_martian.parsing import known_keys
from krakpy_martian.targets import named_host

_FRAMING = ("content-length", "transfer-encoding")


@dataclass(frozen=True)
class Field:
    """`header.Modifier` and `header.Append`."""

    name: str = ""
    """The header."""
    value: str = ""
    """Its value."""


class HeaderModifier:
    """Sets a header: what it had before is gone."""

    Config = Field

    def __init__(self, config: Field) -> None:
        self._field = config.name, config.value
        self._key = config.name.lower()
        self._is_host = self._key == "host"
        self._is_framing = self._key in _FRAMING

    def modify_request(self, request: Request) -> Request:
        """The request with the header."""
        if self._is_host:
            return request.replace(authority=self._field[1])
        return request if self._is_framing else request.replace(headers=self._set(request.headers))

    def modify_response(self, _: Request, response: Response) -> Response:
        """The answer with the header."""
        return response if self._is_framing else response.replace(headers=self._set(response.headers))

    def _set(self, headers: Headers) -> Headers:
        # PERF: 1 µs less than `Headers.set`, which asks for the key of every field in a call of its own
        key = self._key
        return Headers.of((*[pair for pair in headers.pairs if pair[0].lower() != key], self._field))


class HeaderAppend:
    """Adds a value to a header."""

    Config = Field

    def __init__(self, config: Field) -> None:
        self._name, self._value = config.name, config.value
        self._is_host = config.name.lower() == "host"
        self._is_framing = config.name.lower() in _FRAMING

    def modify_request(self, request: Request) -> Request:
        """The request with one more value; UpstreamError for a second `Host` (Martian: the same)."""
        if self._is_host:
            raise UpstreamError("a request cannot have a second Host")
        return request if self._is_framing else request.replace(headers=request.headers.add(self._name, self._value))

    def modify_response(self, _: Request, response: Response) -> Response:
        """The answer with one more value."""
        return response if self._is_framing else response.replace(headers=response.headers.add(self._name, self._value))


@dataclass(frozen=True)
class Names:
    """`header.Blacklist`."""

    names: tuple[str, ...] = ()
    """The headers that are taken out."""


class HeaderBlacklist:
    """Takes headers out."""

    Config = Names

    def __init__(self, config: Names) -> None:
        self._names = frozenset(name.lower() for name in config.names if name.lower() not in _FRAMING)

    def modify_request(self, request: Request) -> Request:
        """The request without them."""
        return request.replace(headers=self._without(request.headers))

    def modify_response(self, _: Request, response: Response) -> Response:
        """The answer without them."""
        return response.replace(headers=self._without(response.headers))

    def _without(self, headers: Headers) -> Headers:
        return Headers([pair for pair in headers.pairs if pair[0].lower() not in self._names])


class HeaderCopy:
    """Sets a header to the value of another; to nothing where that is not there (Martian: the same)."""

    def __init__(self, config: Mapping[str, Any] | None) -> None:
        # NOTE: no dataclass, in which nothing can be called `from`
        config = config or {}
        known_keys(config, ("from", "to"), "")
        for key in ("from", "to"):
            if not isinstance(config.get(key), str):
                raise ConfigError("the name of a header is expected", path=key)
        self._from, self._to = config["from"], config["to"]

    def modify_request(self, request: Request) -> Request:
        """The request with the copy."""
        value = named_host(request) if self._from.lower() == "host" else request.headers.get(self._from, "")
        return HeaderModifier(Field(self._to, value)).modify_request(request)

    def modify_response(self, request: Request, response: Response) -> Response:
        """The answer with the copy."""
        value = response.headers.get(self._from, "")
        return HeaderModifier(Field(self._to, value)).modify_response(request, response)


@dataclass(frozen=True)
class Id:
    """`header.Id`."""

    header: str = "X-Krakend-Id"
    """The header that gets the identifier."""


class HeaderId:
    """Gives a request an identifier, a random UUID, unless it has one."""

    Config = Id

    def __init__(self, config: Id) -> None:
        self._header = config.header or "X-Krakend-Id"

    def modify_request(self, request: Request) -> Request:
        """The request with an identifier."""
        if request.headers.get(self._header):
            return request
        return request.replace(headers=request.headers.set(self._header, str(uuid4())))


_requests: tuple[type[RequestModifier], ...] = (HeaderModifier, HeaderAppend, HeaderBlacklist, HeaderCopy, HeaderId)
_responses: tuple[type[ResponseModifier], ...] = (HeaderModifier, HeaderAppend, HeaderBlacklist, HeaderCopy)
