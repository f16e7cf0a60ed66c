"""Read a request's body once where several calls will send it."""
from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Sequence
from typing import Protocol

from krakpy_sdk import BackendSettings, EndpointMiddleware, EndpointSettings, Proxy, RejectedError, Request, Response

#: largest body that is kept in memory so that several calls can send it
MAX_BODY_BYTES = 10 * 1024 * 1024


class HasBackends(Protocol):
    """What tells whether several calls are made: an endpoint's settings."""

    @property
    def backends(self) -> Sequence[BackendSettings]: ...


class BufferBody:
    """Gives several backends, or concurrent calls of one, the same body; RejectedError 413 above `max_body_bytes`.

    Absent where one call sends the body, which is streamed then. NOTE: KrakenD copies it only if a backend's method is
    neither GET nor HEAD; otherwise the backends share one stream and the body is split between them at random.
    """

    #: extensions may replace the body or refuse the request before it is read
    inside = ("plugin/req-resp-modifier",)

    @classmethod
    def applies_to(cls, settings: HasBackends) -> bool:
        backends = settings.backends
        return len(backends) > 1 or any(backend.concurrent_calls > 1 for backend in backends)

    def __init__(
        self, settings: EndpointSettings, next: Proxy, max_body_bytes: int = MAX_BODY_BYTES  # noqa: ARG002
    ) -> None:
        self._max_body_bytes = max_body_bytes
        self._next = next

    def __call__(self, request: Request) -> Awaitable[Response]:
        stream = request.stream
        return self._next(request) if stream is None else self._buffered(request, stream)

    async def _buffered(self, request: Request, stream: AsyncIterable[bytes]) -> Response:
        pieces: list[bytes] = []
        room = self._max_body_bytes
        async for piece in stream:
            room -= len(piece)
            if room < 0:
                raise RejectedError(f"the body has more than {self._max_body_bytes} bytes", status=413)
            pieces.append(piece)
        return await self._next(request.replace(body=b"".join(pieces), stream=None))


_guard: type[EndpointMiddleware] = BufferBody
