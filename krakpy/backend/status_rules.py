"""Tell answers that are a success from those that are none.

A backend whose answers are decoded succeeds with 200 and 201 alone.
"""
from __future__ import annotations

from krakpy_sdk import BackendMiddleware, BackendSettings, BadStatus, Proxy, Request, Response

from krakpy.backend.placeholders import rewritten


class StatusRules:
    """Raises BadStatus for every status but 200 and 201 (KrakenD: `invalid status code …`, 202, 204 and 206 too).

    Absent for `no-op`, where every answer is passed on.
    """

    inside = ("filter_headers", "plugin/req-resp-modifier", "formatting", "decoding")

    @classmethod
    def applies_to(cls, settings: BackendSettings) -> bool:
        return not settings.is_no_op

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        self._asked = f"{settings.method} {rewritten(settings.url_pattern)}"
        self._next = next

    async def __call__(self, request: Request) -> Response:
        response = await self._next(request)
        status = response.status
        if status in (200, 201):
            return response
        raise BadStatus(f"invalid status code {status} [{self._asked}]: {request.url}", backend_status=status)


_guard: type[BackendMiddleware] = StatusRules
