"""What an author's tests need: settings of every seat with sane defaults, and a scripted `next`.

    retry = Retry(backend_settings(config=Config(attempts=2)), answers(UpstreamError("down"), Response(data={"a": 1})))
    assert (await retry(Request())).data == {"a": 1}
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from krakpy_sdk.messages import Request, Response
from krakpy_sdk.seats import Proxy


@dataclass(frozen=True, kw_only=True)
class _Settings:
    place: str = ""
    config: Any = None
    hooks: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _ServerSettings(_Settings):
    name: str = "test"
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
    return replace(_ServerSettings(), **changes)


def endpoint_settings(**changes: Any) -> _EndpointSettings:
    """Settings of an endpoint (also for the router seat); keywords change them."""
    return replace(_EndpointSettings(), **changes)


def backend_settings(**changes: Any) -> _BackendSettings:
    """Settings of a backend (also for the client seat); keywords change them."""
    return replace(_BackendSettings(), **changes)


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
