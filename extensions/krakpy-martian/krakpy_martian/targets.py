"""Where a request goes: the parts of its URL, and modifiers that change them.

    {"url.Modifier": {"scope": ["request"], "path": "/other", "query": "a=1"}}

What `Host` says stays as it was, wherever the request is sent (Go: `URL.Host` and `Host` are two things).
"""
from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from krakpy_sdk import ConfigError, Query, Request, Response
from krakpy_sdk.martian import RequestModifier, ResponseModifier

DEFAULT_PORTS = {"http": 80, "https": 443}


def host_matches(host: str, pattern: str) -> bool:
    """Whether a host is what a pattern says, in which `*` stands for a label (Martian: MatchHost)."""
    labels, wanted = host.split("."), pattern.split(".")
    return len(labels) == len(wanted) and all(map(_label_matches, labels, wanted))


def _label_matches(label: str, wanted: str) -> bool:
    return wanted == label or (wanted.startswith("*") and label.endswith(wanted[1:]))


def port_of(netloc: str) -> int:
    """The port in an authority, or 0."""
    port = netloc.rpartition("]")[2].rpartition(":")[2] if ":" in netloc.rpartition("]")[2] else ""
    return int(port) if port.isdecimal() else 0


def named_host(request: Request) -> str:
    """What `Host` will say."""
    return request.authority or urlsplit(request.url).netloc


def moved(request: Request, url: SplitResult) -> Request:
    """The request sent to another URL, with the `Host` that it had."""
    before = urlsplit(request.url)
    authority = request.authority or ("" if before.netloc == url.netloc else before.netloc)
    return request.replace(url=urlunsplit(url), authority=authority)


@dataclass(frozen=True)
class UrlParts:
    """`url.Modifier`."""

    scheme: str = ""
    """`http` or `https`; empty: as it is, and so for the others."""
    host: str = ""
    """Host and port."""
    path: str = ""
    """The whole path."""
    query: str = ""
    """The whole query string."""

    def __post_init__(self) -> None:
        if self.scheme not in ("", "http", "https"):
            raise ConfigError("is neither http nor https", path="scheme")


class UrlModifier:
    """Replaces the parts of the URL that are written."""

    Config = UrlParts

    def __init__(self, config: UrlParts) -> None:
        self._parts = config

    def modify_request(self, request: Request) -> Request:
        """The request with its URL changed."""
        url, parts = urlsplit(request.url), self._parts
        return moved(
            request,
            SplitResult(
                parts.scheme or url.scheme,
                parts.host or url.netloc,
                _rooted(parts.path) or url.path,
                parts.query or url.query,
                "",
            ),
        )


def _rooted(path: str) -> str:
    return path if not path or path.startswith("/") else f"/{path}"


@dataclass(frozen=True)
class Parameter:
    """`querystring.Modifier`."""

    name: str = ""
    """The parameter."""
    value: str = ""
    """The only value that it has afterwards."""


class QueryModifier:
    """Sets a parameter of the query string, and writes the whole anew, sorted by name (Go: url.Values.Encode)."""

    Config = Parameter

    def __init__(self, config: Parameter) -> None:
        self._name, self._value = config.name, config.value

    def modify_request(self, request: Request) -> Request:
        """The request with that parameter."""
        url, _, query = request.url.partition("?")
        return request.replace(url=f"{url}?{Query.parse(query).set(self._name, self._value).encode()}")


@dataclass(frozen=True)
class Port:
    """`port.Modifier`: exactly one of the three."""

    port: int = 0
    """The port to ask."""
    defaultForScheme: bool = False  # noqa: N815  # KrakenD writes it so
    """80 for `http`, 443 for `https`, written out."""
    remove: bool = False
    """No port."""

    def __post_init__(self) -> None:
        if sum(map(bool, (self.port, self.defaultForScheme, self.remove))) != 1:
            raise ConfigError("exactly one of port, defaultForScheme and remove is expected")
        if not 0 <= self.port <= 65535:
            raise ConfigError("is no port", path="port")


class PortModifier:
    """Asks another port of the host."""

    Config = Port

    def __init__(self, config: Port) -> None:
        self._config = config

    def modify_request(self, request: Request) -> Request:
        """The request for that port."""
        url = urlsplit(request.url)
        host, port = url.netloc, port_of(url.netloc)
        host = host.removesuffix(f":{port}") if port else host
        number = self._config.port or (DEFAULT_PORTS.get(url.scheme) if self._config.defaultForScheme else 0)
        return moved(request, url._replace(netloc=f"{host}:{number}" if number else host))


@dataclass(frozen=True)
class Stash:
    """`stash.Modifier`."""

    headerName: str  # noqa: N815  # KrakenD writes it so
    """The header that gets the URL."""


class StashModifier:
    """Writes the URL into a header, of the request and, where both scopes are written, of the answer."""

    Config = Stash

    def __init__(self, config: Stash) -> None:
        self._name = config.headerName

    def modify_request(self, request: Request) -> Request:
        """The request with the header."""
        return request.replace(headers=request.headers.set(self._name, request.url))

    def modify_response(self, request: Request, response: Response) -> Response:
        """The answer with the header that its request had."""
        url = request.headers.get(self._name)
        return response if url is None else response.replace(headers=response.headers.set(self._name, url))


_requests: tuple[type[RequestModifier], ...] = (UrlModifier, QueryModifier, PortModifier, StashModifier)
_responses: tuple[type[ResponseModifier], ...] = (StashModifier,)
