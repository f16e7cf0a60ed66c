"""Unpack answers that are compressed because the gateway asked for it."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable
from typing import Protocol

from krakpy_sdk import ClientMiddleware, ClientSettings, Proxy, Request, Response

from krakpy.client.inflating import Inflater
from krakpy.client.request_head import asks_for_gzip
from krakpy.proxy import Finishing

#: compressed bodies above this are unpacked in a thread: 32 KiB can become 3 MiB, some 10 ms for everybody else
_MAX_INLINE_BYTES = 32 * 1024


class HasLimit(Protocol):
    """How large a body may become."""

    @property
    def max_body_bytes(self) -> int: ...
    @property
    def max_inflation(self) -> int: ...


class HasCompression(Protocol):
    """The transport settings that count here."""

    @property
    def disable_compression(self) -> bool: ...
    @property
    def limits(self) -> HasLimit: ...


class CompressionSettings(ClientSettings, Protocol):
    """A backend that tells whether the gateway asks for compressed answers."""

    @property
    def transport(self) -> HasCompression: ...


class Decompression(Finishing):
    """Gives answers with `Content-Encoding: gzip` unpacked, without that field and `Content-Length`.

    KrakenD: for `no-op`, only where the gateway itself asked for gzip; what the client asked for passes as it is.
    Answers that are decoded are always unpacked. UpstreamError for bombs (C-12), broken and cut-off data (C-13).
    Absent for `no-op` with `disable_compression`.
    """

    inside = ("plugin/http-client", "redirects")

    @classmethod
    def applies_to(cls, settings: CompressionSettings) -> bool:
        return not (settings.is_no_op and settings.transport.disable_compression)

    def __init__(self, settings: CompressionSettings, next: Proxy) -> None:
        super().__init__(next)
        self._unpacks_all = not settings.is_no_op
        self._max_bytes = settings.transport.limits.max_body_bytes
        self._max_ratio = settings.transport.limits.max_inflation

    def skips(self, response: Response) -> bool:
        """Where it is not compressed."""
        headers = response.headers
        return "content-encoding" not in headers or headers["content-encoding"].lower() != "gzip"

    def finish(self, request: Request, response: Response) -> Response | Awaitable[Response]:
        """The answer, if it is not compressed."""
        if self.skips(response):
            return response
        if not (self._unpacks_all or asks_for_gzip(request)):
            return response
        return self._unpacked(response)

    async def _unpacked(self, response: Response) -> Response:
        headers = response.headers.remove("Content-Encoding").remove("Content-Length")
        if response.stream is not None:
            return response.replace(headers=headers, stream=unpacked_stream(response.stream, self._max_ratio))
        return response.replace(headers=headers, body=await self._unpacked_body(response.body or b""))

    async def _unpacked_body(self, body: bytes) -> bytes:
        if len(body) <= _MAX_INLINE_BYTES:
            return unpack(body, max_bytes=self._max_bytes, max_ratio=self._max_ratio)
        return await asyncio.to_thread(unpack, body, max_bytes=self._max_bytes, max_ratio=self._max_ratio)


def unpack(body: bytes, *, max_bytes: int, max_ratio: int) -> bytes:
    """The whole body; UpstreamError above `max_bytes`."""
    inflater = Inflater(max_bytes=max_bytes, max_ratio=max_ratio)
    pieces = list(inflater.feed(body))
    inflater.end()
    return b"".join(pieces)


async def unpacked_stream(stream: AsyncIterable[bytes], max_ratio: int) -> AsyncIterator[bytes]:
    """The pieces as they come; no limit but the ratio, because nothing is kept."""
    inflater = Inflater(max_bytes=None, max_ratio=max_ratio)
    async for packed in stream:
        for piece in inflater.feed(packed):
            yield piece
    inflater.end()


_guard: type[ClientMiddleware] = Decompression
