"""Send backends a copy of the requests and ignore what they answer: to try a new version with real traffic.

    {"url_pattern": "/v2/users", "extra_config": {"proxy": {"shadow": true, "shadow_timeout": "500ms"}}}
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Protocol

from krakpy_sdk import EndpointMiddleware, EndpointSettings, KrakpyError, Proxy, Request, Response

from krakpy.bodies import most_kept
from krakpy.endpoint.bodies import with_body
from krakpy.endpoint.joining import without_query
from krakpy.logs import event

log = logging.getLogger("krakpy.endpoint")


class Mirror(Protocol):
    """The pipe of an endpoint's shadow backends, and how much of it may be under way at once."""

    @property
    def proxy(self) -> Proxy: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def max_copies(self) -> int: ...
    @property
    def max_bytes(self) -> int: ...


class MirroredSettings(EndpointSettings, Protocol):
    """An endpoint that may have shadow backends; its other backends are asked by `next`."""

    @property
    def mirror(self) -> Mirror | None: ...


class Shadow:
    """Asks the shadow backends in the background, for as long as `shadow_timeout`, and drops what they answer.

    Neither their failures nor a client that leaves changes anything. Body and request are those that came in, so both
    pipes have what stands inside of this one, the endpoint's hooks too (KrakenD: the same). Above `max_copies` under
    way or `max_bytes` of their bodies no further copy is sent, which is logged (KrakenD: no limit).
    """

    inside = ("modifier/lua-proxy", "validation/cel", "validation/json-schema")
    outside = ("static", "plugin/req-resp-modifier", "flatmap", "buffer_body")
    paths = ()

    @classmethod
    def applies_to(cls, settings: MirroredSettings) -> bool:
        return settings.mirror is not None

    def __init__(self, settings: MirroredSettings, next: Proxy) -> None:
        if settings.mirror is None:
            raise ValueError(f"{settings.place}: an endpoint without shadow backends has no shadow")
        self._endpoint = f"{settings.method} {settings.endpoint}"
        self._mirror = settings.mirror.proxy
        self._timeout_s = settings.mirror.timeout_s
        self._max_copies = settings.mirror.max_copies
        self._max_bytes = settings.mirror.max_bytes
        self._max_kept_body = most_kept(settings)
        self._next = next
        self._under_way: dict[asyncio.Task[None], int] = {}
        self._bytes = 0
        self._dropped = 0

    def __call__(self, request: Request) -> Awaitable[Response]:
        if request.body is None:
            return self._buffered(request)
        self._send(request)
        return self._next(request)

    async def _buffered(self, request: Request) -> Response:
        request = await with_body(request, self._max_kept_body)
        self._send(request)
        return await self._next(request)

    def _send(self, request: Request) -> None:
        size = len(request.body or b"")
        if len(self._under_way) >= self._max_copies or self._bytes + size > self._max_bytes:
            self._dropped += 1
            return
        if self._dropped:
            event(
                log, logging.WARNING, "shadow backends are too slow: copies were not sent", endpoint=self._endpoint,
                copies=self._dropped,
            )
            self._dropped = 0
        # NOTE: a task of its own, so that neither the client's leaving nor the endpoint's deadline ends it
        task = asyncio.get_running_loop().create_task(self._ask(request))
        self._under_way[task] = size
        self._bytes += size
        task.add_done_callback(self._end)

    async def _ask(self, request: Request) -> None:
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        async with asyncio.timeout_at(deadline):
            await self._mirror(request.replace(deadline=deadline))

    def _end(self, task: asyncio.Task[None]) -> None:
        self._bytes -= self._under_way.pop(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        # NOTE: what a backend does is nobody's concern here; a defect is
        is_expected = isinstance(error, KrakpyError | TimeoutError)
        event(
            log, logging.DEBUG if is_expected else logging.ERROR, "a shadow failed", endpoint=self._endpoint,
            cause=type(error).__name__, error=without_query(error) if isinstance(error, KrakpyError) else "",
        )


_guard: type[EndpointMiddleware] = Shadow
