"""Drivers: one implementation chosen by name. Each is built with `Class(config)` and has the method of its Protocol.

    class Csv:
        def __init__(self, config: None) -> None: ...
        def decode(self, body: bytes, is_collection: bool) -> dict[str, Any]: ...

    _guard: type[Decoder] = Csv

Mergers and renderers may declare `paths` as middlewares do: see `krakpy_sdk.seats`.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from krakpy_sdk.messages import Request, Response
from krakpy_sdk.seats import BackendSettings, EndpointSettings, Proxy


class Merger(Protocol):
    """Makes one proxy of many: how an endpoint asks its backends (`extra_config.proxy.strategy`)."""

    def __init__(self, config: Any) -> None: ...
    def merge(self, settings: EndpointSettings, backends: Sequence[Proxy]) -> Proxy:
        """The proxy that asks the backends and joins their documents."""


class Transport(Protocol):
    """Asks something that is not HTTP/1.1: replaces the client seat of a backend."""

    def __init__(self, config: Any) -> None: ...
    def send(self, request: Request) -> Awaitable[Response]:
        """The raw answer; UpstreamError if there is none."""


class Decoder(Protocol):
    """Turns a backend's body into a document (`backend.encoding`)."""

    def __init__(self, config: Any) -> None: ...
    def decode(self, body: bytes, is_collection: bool) -> dict[str, Any] | None:
        """The document; a collection stands under `collection`. ValueError if the body is not in this encoding."""


class Renderer(Protocol):
    """Turns a document into the client's body (`output_encoding`)."""

    def __init__(self, config: Any) -> None: ...
    def render(self, request: Request, response: Response) -> Response:
        """The response with `body` and its `Content-Type`; the request is the client's (for `Accept`)."""


class Discovery(Protocol):
    """Finds the hosts of a backend (`backend.sd`)."""

    def __init__(self, config: Any) -> None: ...
    def hosts(self, settings: BackendSettings) -> Callable[[], Sequence[str]]:
        """A function that gives the hosts as they are now, without blocking."""


class Store(Protocol):
    """Keeps small values that workers, or nodes, share. `krakpy.store.v1` opens with its first implementation."""

    def __init__(self, config: Any) -> None: ...
    async def get(self, key: str) -> bytes | None:
        """The value, or None."""

    async def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value for so many seconds."""

    async def add(self, key: str, amount: int, ttl_s: float) -> int:
        """Add to a counter in one step, and give its new value."""


class Loader(Protocol):
    """Reads a configuration format, chosen by the file's suffix.

    `krakpy.loader.v1` opens with its first implementation.
    """

    def __init__(self, config: Any) -> None: ...
    def load(self, text: str, environ: Mapping[str, str]) -> Mapping[str, Any]:
        """The document; ValueError with line and column if it cannot be read."""
