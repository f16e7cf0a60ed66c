"""Drivers: one implementation chosen by name. Each is built with `Class(config)` and has the method of its Protocol.

    class Csv:
        def __init__(self, config: None) -> None: ...
        def decode(self, body: bytes, is_collection: bool) -> dict[str, Any]: ...

    _guard: type[Decoder] = Csv

Mergers and renderers may declare `paths` as middlewares do: see `krakpy_sdk.seats`.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from krakpy_sdk.errors import KrakpyError
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


class StoreError(KrakpyError):
    """The store cannot be asked; clients see 503 where nobody else can tell what to do (`on_store_error`)."""

    status = 503


class Taken(NamedTuple):
    """What became of taking tokens out of a bucket."""

    is_allowed: bool
    """Whether they were there; otherwise none was taken."""
    remaining: int
    """How many are left, in whole ones."""
    retry_after_s: float
    """How long to wait until as many are there again; 0 where they were."""


class Store(Protocol):
    """Keeps small values that workers, or nodes, share (`krakpy/store`). StoreError where it cannot be asked.

    Every method gives its value at once, or an awaitable of it: `memory` and `shared` answer at once.

        taken = store.take(key, 1, 10, 5.0, 2.0)
        if not isinstance(taken, Taken):
            taken = await taken

    Every key lives for `ttl_s` seconds at most, and is used with one kind of method only: `get` and `put`, `add`, or
    `take`. `delete` forgets any.
    """

    def __init__(self, config: Any) -> None: ...
    def get(self, key: str) -> bytes | Awaitable[bytes | None] | None:
        """The value, or None."""

    def put(self, key: str, value: bytes, ttl_s: float) -> Awaitable[None] | None:
        """Keep the value for so many seconds."""

    def add(self, key: str, amount: int, ttl_s: float) -> int | Awaitable[int]:
        """Add to a counter in one step, and give its new value; it lives so many seconds from its first addition."""

    def delete(self, key: str) -> Awaitable[None] | None:
        """Forget the key."""

    def take(self, key: str, amount: int, capacity: float, per_s: float, ttl_s: float) -> Taken | Awaitable[Taken]:
        """Take tokens out of a bucket, if there are as many, in one step.

        A bucket that is not known is full: it has `capacity` tokens, and gets `per_s` of them in a second.
        """


class LoadError(KrakpyError):
    """No configuration can be made of a file; `place` is its name with line and column, `excerpt` what is there."""

    def __init__(self, message: str, *, place: str = "", excerpt: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.excerpt = excerpt
        self.remedy = remedy


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedText:
    """The text of a configuration, as a loader has made it."""

    name: str
    """A name whose suffix tells the format: `.yml` and `.yaml`, `.toml`, and JSON for everything else."""
    text: str
    origin: Callable[[int, int], str] = lambda _, __: ""
    """Where a line and column of the text (from 1) come from: `krakend.json:12`; empty where nobody knows."""
    remedy: str = ""
    """What to do if the text cannot be read in its format."""
    warnings: tuple[str, ...] = ()
    """What the operator should know, a sentence each."""


class Loader(Protocol):
    """Makes a configuration of a file that is none yet, such as a template (`krakpy.loader.v1`).

    It runs before the configuration could open a gate: krakpy takes the one of `krakpy-templates` and no other.
    """

    def __init__(self, config: Any) -> None: ...
    def load(self, path: str, environ: Mapping[str, str]) -> LoadedText:
        """What is made of the file; LoadError if nothing can be."""


class Tools(Protocol):
    """What a command is given by krakpy."""

    @property
    def name(self) -> str:
        """What the command is called by: `krakpy openapi`."""

    def configuration(self, path: str) -> Mapping[str, Any]:
        """The document of a file as it is written, of a template as it is rendered; LoadError if it cannot be read."""


class Command(Protocol):
    """A command of krakpy's own, `krakpy NAME …` (`krakpy.commands.v1`): imported when it is called, never before."""

    def __init__(self, config: Any) -> None: ...
    def run(self, arguments: Sequence[str], tools: Tools) -> int:
        """Carry it out, and give the exit status: 0 all is well, 1 what was looked at is not, 2 wrong arguments."""
