"""Answers bots with 403, before anything is done for them.

    {"extra_config": {"security/bot-detector": {"deny": ["evil"], "patterns": ["(?i)crawler"]}}}
"""
from __future__ import annotations

from typing import Any

from krakpy_sdk import Proxy, Request, Response, RouterMiddleware, RouterSettings
from krakpy_sdk.screening import Screen

from krakpy_bot_detector.agents import judge
from krakpy_bot_detector.config import BotDetectorConfig

_REFUSED = Response(403, body=b"")


class BotDetector(Screen):
    """Refuses the requests of bots, at the service and at endpoints; each has lists of its own, and both count."""

    Config = BotDetectorConfig
    inside = ("security/http@service", "modifier/lua-endpoint@service")
    outside = (
        "telemetry/metrics@service", "auth/validator", "auth/signer", "modifier/lua-endpoint", "qos/ratelimit/router",
    )  # fmt: skip

    @staticmethod
    def applies_to(settings: Any) -> bool:
        """False where no agent would be refused."""
        config: BotDetectorConfig = settings.config
        return not config.refuses_nobody

    def __init__(self, settings: RouterSettings, next: Proxy) -> None:
        super().__init__(settings, next)
        self._is_bot = judge(settings.config)

    def admit(self, request: Request) -> Request | Response:
        """The request, or 403 without a body if its User-Agent is a bot's."""
        return _REFUSED if self._is_bot(request.headers.get("User-Agent", "")) else request


_guard: type[RouterMiddleware] = BotDetector
