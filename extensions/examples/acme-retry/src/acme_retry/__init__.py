"""Asks a backend again when it fails, as long as the deadline allows.

    "extra_config": {"acme/retry": {"attempts": 3, "methods": ["GET"]}}
"""
from __future__ import annotations

import asyncio
from dataclasses import dataclass

from krakpy_sdk import (
    BackendMiddleware,
    BackendSettings,
    BadStatus,
    ConfigError,
    Proxy,
    Request,
    Response,
    UpstreamError,
)

__all__ = ["Retry", "RetryConfig"]

#: RFC 9110 §9.2.2: asking twice has the effect of asking once
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})


@dataclass(frozen=True)
class RetryConfig:
    """What the operator writes under `acme/retry`."""

    attempts: int = 2
    """How often the backend is asked at most."""
    methods: tuple[str, ...] = ("GET", "HEAD")
    """Methods that are asked again."""

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= 10:
            raise ConfigError(f"must be from 1 to 10, not {self.attempts}", path="attempts")
        for index, method in enumerate(self.methods):
            if method not in IDEMPOTENT:
                raise ConfigError(f"{method} must not be asked twice: it is not idempotent", path=f"methods[{index}]")


class Retry:
    """Gives the first answer of at most `attempts`; the last error if all fail."""

    Config = RetryConfig
    #: each attempt may reach another host, so the balancer stands further in
    outside = ("load_balancer",)

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        config: RetryConfig = settings.config
        self._repeats = range(config.attempts - 1)
        self._methods = frozenset(config.methods)
        self._next = next

    async def __call__(self, request: Request) -> Response:
        if request.method not in self._methods or request.stream is not None:
            return await self._next(request)
        for _ in self._repeats:
            try:
                return await self._next(request)
            except UpstreamError as error:
                if not is_worth_repeating(error) or is_late(request):
                    raise
        return await self._next(request)


def is_worth_repeating(error: UpstreamError) -> bool:
    """Whether another attempt may end otherwise: a status below 500 is the backend's considered answer."""
    return not isinstance(error, BadStatus) or error.backend_status >= 500


def is_late(request: Request) -> bool:
    """Whether the deadline of the request has passed."""
    return request.deadline is not None and asyncio.get_running_loop().time() >= request.deadline


_guard: type[BackendMiddleware] = Retry
