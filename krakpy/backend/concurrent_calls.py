"""Ask one backend several times at once, and take the first complete answer.

    {"url_pattern": "/slow", "concurrent_calls": 3}
"""
from __future__ import annotations

import asyncio

from krakpy_sdk import (
    BackendMiddleware,
    BackendSettings,
    KrakpyError,
    Proxy,
    RejectedError,
    Request,
    Response,
    Timeout,
)

from krakpy.errors import Replied

#: share of the backend's timeout that the calls may use, so that the endpoint still has time to answer
SHARE_OF_TIMEOUT = 0.75


class ConcurrentCalls:
    """Sends each request `concurrent_calls` times and returns the first complete response.

    When none is complete, the last incomplete response is returned, or the last error raised
    (KrakenD: "Concurrent requests"). Absent where `concurrent_calls` is 1.
    """

    inside = ("filter_query", "url_pattern")
    #: each call chooses its own host, so the balancer stands further in
    outside = ("load_balancer", "filter_headers")
    paths = ()

    @classmethod
    def applies_to(cls, settings: BackendSettings) -> bool:
        return settings.concurrent_calls > 1

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        self._calls = settings.concurrent_calls
        self._timeout_s = settings.timeout_s * SHARE_OF_TIMEOUT
        self._next = next

    async def __call__(self, request: Request) -> Response:
        calls: list[asyncio.Future[Response]] = []
        try:
            calls.extend(asyncio.ensure_future(self._next(request)) for _ in range(self._calls))
            return await self._first_complete(calls)
        finally:
            for call in calls:
                call.cancel()
            # NOTE: awaited, or a cancelled call would hand its half-read connection back later
            await asyncio.gather(*calls, return_exceptions=True)

    async def _first_complete(self, calls: list[asyncio.Future[Response]]) -> Response:
        """The first response that is complete; else the last one that is not; else the last error."""
        error: KrakpyError = Timeout("context deadline exceeded")
        partial = None
        try:
            for answered in asyncio.as_completed(calls, timeout=self._timeout_s):
                try:
                    response = await answered
                except (RejectedError, Replied):
                    # NOTE: what the client did, or a hook answered, is the same for every call
                    raise
                except KrakpyError as failure:
                    error = failure
                    continue
                if response.is_complete:
                    return response
                partial = response
        except TimeoutError:
            error = Timeout("context deadline exceeded")
        if partial is None:
            raise error
        return partial


_guard: type[BackendMiddleware] = ConcurrentCalls
