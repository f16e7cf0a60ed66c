"""What an author's tests need: settings of every seat with sane defaults, and a scripted `next`.

    retry = Retry(backend_settings(config=Config(attempts=2)), answers(UpstreamError("down"), Response(data={"a": 1})))
    assert (await retry(Request())).data == {"a": 1}

    limit = Limit(endpoint_settings(driver=drivers({"store": {"memory": Memory}})), answers())
"""
from __future__ import annotations

import asyncio
import atexit
import logging
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from krakpy_sdk.errors import ConfigError, UnknownKey
from krakpy_sdk.messages import Request, Response
from krakpy_sdk.seats import FindDriver, Proxy
from krakpy_sdk.typed import decoded


def drivers(classes: Mapping[str, Mapping[str, type]]) -> FindDriver:
    """What `settings.driver` may be: finds these classes by family and name, and builds each as a gateway does."""

    def driver(family: str, name: str, config: Any = None) -> Any:
        try:
            loaded = classes[family][name]
        except KeyError:
            raise ConfigError(f"no installed package offers the {family} driver {name!r}") from None
        settings = getattr(loaded, "Config", None)
        if settings is None:
            return loaded(config)
        found, misfits = decoded(settings, {} if config is None else config)
        for misfit in misfits:
            wrong = UnknownKey if misfit.code == "UNKNOWN_KEY" else ConfigError
            raise wrong(misfit.message, path=misfit.path)
        return loaded(found)

    return driver


@dataclass(frozen=True, kw_only=True)
class _Settings:
    place: str = ""
    config: Any = None
    hooks: tuple[Any, ...] = ()
    name: str = "test"
    extra_config: Mapping[str, Any] = field(default_factory=dict)
    service: Mapping[str, Any] = field(default_factory=dict)
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("krakpy.extension.test"))
    driver: FindDriver = field(default_factory=lambda: drivers({}))
    folder: str = ""
    instances: Callable[[], Sequence[Mapping[str, Any]]] = tuple

    @cached_property
    def shared_folder(self) -> str:
        """The folder that was given, or one that is made now and removed when the process ends."""
        if self.folder:
            return self.folder
        made = tempfile.mkdtemp(prefix="krakpy-test-")
        atexit.register(shutil.rmtree, made, ignore_errors=True)
        return made


@dataclass(frozen=True, kw_only=True)
class _ServerSettings(_Settings):
    port: int = 8080
    timeout_s: float = 2.0


@dataclass(frozen=True, kw_only=True)
class _EndpointSettings(_Settings):
    endpoint: str = "/test"
    method: str = "GET"
    timeout_s: float = 2.0
    cache_ttl_s: float = 0.0
    output_encoding: str = "json"
    input_headers: tuple[str, ...] = ()
    input_query_strings: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    is_no_op: bool = False
    merge_timeout_s: float = 1.7
    backends: tuple[Any, ...] = ()
    sequential_propagated_params: tuple[str, ...] = ()
    is_tls: bool = False


@dataclass(frozen=True, kw_only=True)
class _BackendSettings(_Settings):
    index: int = 0
    endpoint: str = "/test"
    method: str = "GET"
    hosts: tuple[str, ...] = ("http://backend.test",)
    url_pattern: str = "/"
    encoding: str = "json"
    is_collection: bool = False
    is_no_op: bool = False
    group: str = ""
    target: str = ""
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    mapping: dict[str, str] = field(default_factory=dict)
    input_headers: tuple[str, ...] = ()
    input_query_strings: tuple[str, ...] = ()
    timeout_s: float = 2.0
    concurrent_calls: int = 1
    sd_scheme: str = "http"
    dns_cache_ttl_s: float = 30.0
    discover: Callable[[], Sequence[str]] = lambda: ("http://backend.test",)
    decode: Callable[[bytes, bool], dict[str, Any] | None] | None = None


def server_settings(**changes: Any) -> _ServerSettings:
    """Settings of a service; keywords change them."""
    return _ServerSettings(**_named(changes))


def endpoint_settings(**changes: Any) -> _EndpointSettings:
    """Settings of an endpoint (also for the router seat); keywords change them."""
    return _EndpointSettings(**_named(changes))


def backend_settings(**changes: Any) -> _BackendSettings:
    """Settings of a backend (also for the client seat); keywords change them."""
    return _BackendSettings(**_named(changes))


def _named(changes: dict[str, Any]) -> dict[str, Any]:
    """The changes, with a folder that is given under the name that its fields have."""
    folder = changes.pop("shared_folder", "")
    return {**changes, "folder": str(folder)} if folder else changes


class Answers:
    """A `next` that gives its answers in turn and remembers what it was asked in `requests`.

    An exception is raised; a future is awaited. When the answers run out the last one is given again.
    """

    def __init__(self, *answers: Response | BaseException | asyncio.Future[Response]) -> None:
        self._answers = answers or (Response(data={}),)
        self.requests: list[Request] = []

    async def __call__(self, request: Request) -> Response:
        answer = self._answers[min(len(self.requests), len(self._answers) - 1)]
        self.requests.append(request)
        if isinstance(answer, asyncio.Future):
            answer = await answer
        if isinstance(answer, BaseException):
            raise answer
        return answer


def answers(*answers: Response | BaseException | asyncio.Future[Response]) -> Answers:
    """A scripted `next`: see `Answers`."""
    return Answers(*answers)


_guard: Proxy = Answers()
