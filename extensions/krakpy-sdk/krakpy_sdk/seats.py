"""The seats of the pipeline: what a middleware is given and what it must be.

    class Retry:
        Config = RetryConfig

        def __init__(self, settings: BackendSettings, next: Proxy) -> None: ...
        async def __call__(self, request: Request) -> Response: ...

    _guard: type[BackendMiddleware] = Retry

All settings are read-only and complete: defaults are filled in, durations are seconds. A middleware may declare its
place with two class attributes, tuples of entry-point names: `inside` (what wraps it) and `outside` (what it wraps).

A middleware of the seats `endpoint` and `backend` may declare which part of the document it reads or changes, with the
class attribute `paths`, a tuple of dotted paths: `("user.name", "items")`, or `()` for none. Bodies are decoded no
deeper than somebody looks: what no path names may stand in `response.data` as a value that nobody can read, and has to
stay as it is. Whoever declares nothing gets the whole document decoded.

A middleware may have more, all of it optional: a static method `applies_to(settings) -> bool`, where False leaves it
out of that object's chain; `setup(self)` and `teardown(self)`, `def` or `async def`, called once for each object that
is built, in each worker, before its first request and at its end, within 10 seconds; and `status(self)`, a mapping
that says how it is.

A namespace of the service is answered by the entry point of that name in the group `krakpy.server.v1`. An entry point
`NAMESPACE@service` in one of the other seats answers it too: it wraps every object of that seat, is built with that
object's settings, and finds the service's in `settings.config`.
"""
from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, Protocol

from krakpy_sdk.messages import Request, Response

Proxy = Callable[[Request], Awaitable[Response]]
"""What every seat but the server is made of: asks for a request to be answered."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
"""What the server seat is made of (ASGI 3)."""


class Settings(Protocol):
    """What settings of every seat have."""

    @property
    def place(self) -> str:
        """Where the object stands in the configuration (`endpoints[3].backend[0]`); empty for the service."""

    @property
    def config(self) -> Any:
        """The middleware's own settings: its `Config`, decoded; None if it has none."""

    @property
    def hooks(self) -> Sequence[Any]:
        """The instances of hooks that this object lists, in order (for the middlewares that call hooks)."""

    @property
    def name(self) -> str:
        """The name of the service."""

    @property
    def extra_config(self) -> Mapping[str, Any]:
        """The namespaces of this object that extensions answer, with their settings as written."""

    @property
    def service(self) -> Mapping[str, Any]:
        """The namespaces of the service that extensions answer, with their settings as written."""

    @property
    def log(self) -> logging.Logger:
        """A logger that is named for the middleware."""

    @property
    def shared_folder(self) -> str:
        """A folder in memory that all workers of this gateway share, and nobody else.

        It outlives workers and reloads, and is gone when the gateway ends. It is made when it is first asked for.
        """

    @property
    def instances(self) -> Callable[[], Sequence[Mapping[str, Any]]]:
        """Tells how each instance of an extension that the gateway watches stands and does, in all workers together.

        Each has `id`, `instance`, `place`, `state`, `calls`, `mean_ms`, `errors`, `overruns`, `deaths` and more.
        """

    @property
    def driver(self) -> FindDriver:
        """Gives a driver by its family and name, built; ConfigError if nothing installed offers it.

        The package has to say whose drivers it asks for, with an entry point in the group `krakpy.drivers.v1`: its name
        is the family, and what it leads to is the family's Protocol.
        """


class FindDriver(Protocol):
    """`driver("store", "redis", {"url": …})`: to be called while a middleware is built."""

    def __call__(self, family: str, name: str, config: Any = None) -> Any:
        """The driver, built with `Class(config)`: the same one for all that ask for it with the same settings."""


class ServerSettings(Settings, Protocol):
    """The service."""

    @property
    def port(self) -> int: ...
    @property
    def timeout_s(self) -> float: ...


class EndpointSettings(Settings, Protocol):
    """One endpoint."""

    @property
    def endpoint(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def cache_ttl_s(self) -> float: ...
    @property
    def output_encoding(self) -> str: ...
    @property
    def input_headers(self) -> Sequence[str]: ...
    @property
    def input_query_strings(self) -> Sequence[str]: ...
    @property
    def parameters(self) -> Sequence[str]: ...
    @property
    def is_no_op(self) -> bool: ...
    @property
    def merge_timeout_s(self) -> float:
        """The share of the timeout that several backends may use (KrakenD: 85 %)."""

    @property
    def backends(self) -> Sequence[BackendSettings]:
        """What is asked, in the order of the configuration."""

    @property
    def sequential_propagated_params(self) -> Sequence[str]:
        """The values of earlier answers that every later backend gets (`resp0_user.id`)."""


class RouterSettings(EndpointSettings, Protocol):
    """One endpoint, seen from the side of HTTP: before headers are filtered and after the answer is rendered.

    A middleware of the service gets, once more, settings without endpoint and method: for what the router answers
    itself, which is 404, 405, `/__debug/`, `/__echo/` and OPTIONS.
    """

    @property
    def is_tls(self) -> bool:
        """Whether clients come over TLS that this gateway ends."""


class BackendSettings(Settings, Protocol):
    """One backend of one endpoint."""

    @property
    def index(self) -> int: ...
    @property
    def endpoint(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def hosts(self) -> Sequence[str]: ...
    @property
    def url_pattern(self) -> str: ...
    @property
    def encoding(self) -> str: ...
    @property
    def is_collection(self) -> bool: ...
    @property
    def is_no_op(self) -> bool: ...
    @property
    def group(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def allow(self) -> Sequence[str]: ...
    @property
    def deny(self) -> Sequence[str]: ...
    @property
    def mapping(self) -> Mapping[str, str]: ...
    @property
    def input_headers(self) -> Sequence[str]: ...
    @property
    def input_query_strings(self) -> Sequence[str]: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def concurrent_calls(self) -> int: ...
    @property
    def sd_scheme(self) -> str:
        """The scheme of hosts that are found by looking up."""

    @property
    def dns_cache_ttl_s(self) -> float:
        """How old hosts that are found by looking up may become."""

    @property
    def discover(self) -> Callable[[], Sequence[str]]:
        """Gives the hosts as they are now (`sd`), without blocking."""

    @property
    def decode(self) -> Callable[[bytes, bool], dict[str, Any] | None] | None:
        """Turns a body and `is_collection` into the document (`encoding`); None for `no-op`."""


class ClientSettings(BackendSettings, Protocol):
    """One backend, seen from the wire: requests have a `url`, responses have bytes."""


class ServerMiddleware(Protocol):
    """Wraps the whole application (ASGI)."""

    def __init__(self, settings: ServerSettings, next: ASGIApp) -> None: ...
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]: ...


class RouterMiddleware(Protocol):
    """Wraps one endpoint: sees the client's whole request and the rendered answer."""

    def __init__(self, settings: RouterSettings, next: Proxy) -> None: ...
    def __call__(self, request: Request) -> Awaitable[Response]: ...


class EndpointMiddleware(Protocol):
    """Wraps the merge of one endpoint: sees the forwarded request and the document."""

    def __init__(self, settings: EndpointSettings, next: Proxy) -> None: ...
    def __call__(self, request: Request) -> Awaitable[Response]: ...


class BackendMiddleware(Protocol):
    """Wraps one backend: sees what that backend is asked and its document."""

    def __init__(self, settings: BackendSettings, next: Proxy) -> None: ...
    def __call__(self, request: Request) -> Awaitable[Response]: ...


class ClientMiddleware(Protocol):
    """Wraps one exchange with an upstream: sees the raw request and the raw response."""

    def __init__(self, settings: ClientSettings, next: Proxy) -> None: ...
    def __call__(self, request: Request) -> Awaitable[Response]: ...
