"""Read a request's body once where several calls will send it."""
from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Protocol

from krakpy_sdk import BackendSettings, EndpointMiddleware, EndpointSettings, Proxy, Request, Response

from krakpy.bodies import most_kept
from krakpy.endpoint.bodies import with_body


class HasBackends(Protocol):
    """What tells whether several calls are made: an endpoint's settings."""

    @property
    def backends(self) -> Sequence[BackendSettings]: ...


class BufferBody:
    """Gives several backends, or concurrent calls of one, the same body; RejectedError 413 above `max_kept_body`.

    Absent where one call sends the body, which is streamed then. NOTE: KrakenD copies it only if a backend's method is
    neither GET nor HEAD, and an empty copy is a body too; otherwise the backends share one stream and the body is split
    between them at random.
    """

    #: extensions may replace the body or refuse the request before it is read
    inside = ("plugin/req-resp-modifier",)
    paths = ()

    @classmethod
    def applies_to(cls, settings: HasBackends) -> bool:
        backends = settings.backends
        return len(backends) > 1 or any(backend.concurrent_calls > 1 for backend in backends)

    def __init__(self, settings: EndpointSettings, next: Proxy) -> None:
        self._max_bytes = most_kept(settings)
        self._copies_nothing_too = any(backend.method not in ("GET", "HEAD") for backend in settings.backends)
        self._next = next
        self.without_body = None if self._copies_nothing_too else next
        """What requests without a body are for, if they need nothing."""

    def __call__(self, request: Request) -> Awaitable[Response]:
        if request.stream is None and (request.body is not None or not self._copies_nothing_too):
            return self._next(request)
        return self._buffered(request)

    async def _buffered(self, request: Request) -> Response:
        return await self._next(await with_body(request, self._max_bytes))


_guard: type[EndpointMiddleware] = BufferBody
