"""Add data of the configuration's to the answer, always or when something is missing.

    "proxy": {"static": {"strategy": "incomplete", "data": {"is_partial": true}}}
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from krakpy_sdk import (
    EndpointMiddleware,
    EndpointSettings,
    Headers,
    MergeError,
    Proxy,
    Request,
    Response,
    Timeout,
    UpstreamError,
)

from krakpy.endpoint.joining import without_query
from krakpy.errors import ExtensionError
from krakpy.logs import event

log = logging.getLogger("krakpy.endpoint")

#: event loops fire timers up to half a millisecond early
_EARLY_S = 0.001


class StaticData(Protocol):
    """`extra_config.proxy.static`."""

    @property
    def strategy(self) -> str: ...
    @property
    def data(self) -> Any: ...


class HasStatic(Protocol):
    """`extra_config.proxy`, as far as it counts here."""

    @property
    def static(self) -> StaticData | None: ...


class StaticSettings(EndpointSettings, Protocol):
    """An endpoint that may have data of its own."""

    @property
    def proxy(self) -> HasStatic: ...


class Strategy(NamedTuple):
    """When the data is added."""

    to: Callable[[Response], bool]
    """Whether to an answer."""

    to_failure: bool
    """Whether to what would else be a failure."""


#: a strategy of another name is `always` (KrakenD: the same)
STRATEGIES: Mapping[str, Strategy] = {
    "always": Strategy(lambda _: True, to_failure=True),
    "success": Strategy(lambda response: not response.errors, to_failure=False),
    "errored": Strategy(lambda response: bool(response.errors), to_failure=True),
    "complete": Strategy(lambda response: response.is_complete and not response.errors, to_failure=False),
    "incomplete": Strategy(lambda response: not response.is_complete, to_failure=True),
}


class Static:
    """Puts the data over the keys of the answer when the strategy says so; what is not there becomes 200, incomplete.

    A partial merge is an answer and has errors, so `errored` means it and `success` does not (KrakenD: the same).
    Only failures of backends and a time that is over are answered so. SECURITY: what an extension failed for, what a
    client is refused and what a hook replied stays as it is, whatever the strategy. Under `no-op` the data is not seen,
    but makes the answer complete; there a reply cannot be told from an answer.
    """

    inside = ("modifier/lua-proxy", "validation/cel", "validation/json-schema", "shadow")
    outside = ("plugin/req-resp-modifier", "flatmap", "buffer_body")
    paths = ()

    @classmethod
    def applies_to(cls, settings: StaticSettings) -> bool:
        static = settings.proxy.static
        return static is not None and isinstance(static.data, Mapping)

    def __init__(self, settings: StaticSettings, next: Proxy) -> None:
        static = settings.proxy.static
        if static is None or not isinstance(static.data, Mapping):
            raise ValueError(f"{settings.place}: an endpoint without static data adds none")
        self._endpoint = f"{settings.method} {settings.endpoint}"
        self._data = _as_go_writes(static.data)
        self._strategy = STRATEGIES.get(static.strategy, STRATEGIES["always"])
        self._is_no_op = settings.is_no_op
        self._may_be_raw = any(backend.is_no_op for backend in settings.backends)
        self._next = next

    async def __call__(self, request: Request) -> Response:
        try:
            response = await self._next(request)
        except UpstreamError as error:
            if not self._strategy.to_failure or _is_of_extension(error):
                raise
            return self._instead_of(error)
        except asyncio.CancelledError:
            # NOTE: the endpoint's deadline cancels; a client that has left is nobody to answer
            if not self._strategy.to_failure or not _is_over(request):
                raise
            return self._instead_of(Timeout("context deadline exceeded"))
        return self._added(response) if self._strategy.to(response) else response

    def _added(self, response: Response) -> Response:
        if self._is_no_op:
            return response.replace(data=dict(self._data), headers=_twice(response.headers)) if self._data else response
        if response.data is not None or (response.body is None and response.stream is None):
            return response.replace(data={**(response.data or {}), **self._data})
        if self._is_reply(response):
            return response
        # NOTE: fields and body of a `no-op` backend do not describe what is rendered in their place
        return Response(
            data=dict(self._data), stream=response.stream, is_complete=response.is_complete, errors=response.errors
        )

    def _instead_of(self, error: UpstreamError) -> Response:
        told = error.errors if isinstance(error, MergeError) else (error,)
        event(
            log, logging.WARNING, "answered with static data", endpoint=self._endpoint, cause=type(error).__name__,
            errors=[without_query(member) for member in told],
        )
        return Response(data=dict(self._data), is_complete=False, errors=told)

    def _is_reply(self, response: Response) -> bool:
        """Whether a hook replied: there is a body where a document is due."""
        return response.body is not None and not (self._may_be_raw and response.status < 300)


def _twice(headers: Headers) -> Headers:
    """The fields of a `no-op` answer as they are where there is data (KrakenD: once for it, once for the body)."""
    again = [pair for pair in headers.pairs if pair[0].lower() != "content-length"]
    return Headers((*headers.pairs, *again))


def _is_of_extension(error: UpstreamError) -> bool:
    return isinstance(error, MergeError) and any(isinstance(member, ExtensionError) for member in error.errors)


def _is_over(request: Request) -> bool:
    deadline = request.deadline
    return deadline is not None and asyncio.get_running_loop().time() + _EARLY_S >= deadline


def _as_go_writes(value: Any) -> Any:
    """The value with whole floats as integers: KrakenD answers `1` for `1.0`."""
    if isinstance(value, Mapping):
        return {key: _as_go_writes(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_as_go_writes(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value


_guard: type[EndpointMiddleware] = Static
