"""Refuses requests whose body does not fit an endpoint's schema, before any backend is asked.

    {"extra_config": {"validation/json-schema": {"type": "object", "required": ["name"]}}}
"""
from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable

from krakpy_sdk import EndpointMiddleware, EndpointSettings, Proxy, RejectedError, Request, Response

from krakpy_json_schema.schema import Schema

#: largest body that is read where the settings do not say (`max_kept_body`)
MAX_BODY_BYTES = 10 * 1024 * 1024


class ValidateBody:
    """Answers 400 for a body that is empty, no JSON, or not what the schema says; 413 for one above `max_kept_body`.

    The body goes on to the backends as it came, byte for byte.
    """

    inside = ("modifier/lua-proxy", "validation/cel")
    outside = ("shadow", "static", "plugin/req-resp-modifier", "buffer_body")
    paths = ()

    def __init__(self, settings: EndpointSettings, next: Proxy) -> None:
        self._problems = Schema(settings.config).problems
        # NOTE: the settings that authors build in their tests say nothing of it
        self._max_bytes: int = getattr(settings, "max_kept_body", MAX_BODY_BYTES)
        self._next = next

    def __call__(self, request: Request) -> Awaitable[Response]:
        if request.stream is not None:
            return self._read(request, request.stream)
        self._check(request.body or b"")
        return self._next(request)

    async def _read(self, request: Request, stream: AsyncIterable[bytes]) -> Response:
        body = await self._whole(stream)
        self._check(body)
        return await self._next(request.replace(body=body, stream=None))

    async def _whole(self, stream: AsyncIterable[bytes]) -> bytes:
        pieces: list[bytes] = []
        room = self._max_bytes
        async for piece in stream:
            room -= len(piece)
            if room < 0:
                # RFC 9110 §15.5.14
                raise RejectedError(f"the body has more than {self._max_bytes} bytes", status=413)
            pieces.append(piece)
        return b"".join(pieces)

    def _check(self, body: bytes) -> None:
        """RejectedError 400 with what is wrong."""
        if not body:
            raise RejectedError("could not validate an empty body")
        if problems := self._problems(body):
            raise RejectedError(problems)


_guard: type[EndpointMiddleware] = ValidateBody
