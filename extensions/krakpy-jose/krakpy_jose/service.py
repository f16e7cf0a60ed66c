"""Answers `auth/validator` of the service, which has nothing to do for it."""
from __future__ import annotations

from krakpy_sdk import ASGIApp, Receive, Scope, Send, ServerMiddleware, ServerSettings

from krakpy_jose.config import ServiceConfig


class SharedKeys:
    """Accepts `shared_cache_duration`: endpoints share their keys anyway. It stands in nobody's way."""

    Config = ServiceConfig

    @staticmethod
    def applies_to(settings: ServerSettings) -> bool:  # noqa: ARG004  for every service
        """Never in the chain."""
        return False

    def __init__(self, settings: ServerSettings, next: ASGIApp) -> None:  # noqa: ARG002  nothing but the contract
        self._next = next

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._next(scope, receive, send)


_guard: type[ServerMiddleware] = SharedKeys
