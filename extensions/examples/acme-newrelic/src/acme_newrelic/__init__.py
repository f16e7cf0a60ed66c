"""Reports the requests of a gateway to New Relic: each is a transaction that is named after its endpoint.

    {"extra_config": {"acme/newrelic": {"app_name": "shop", "rate": 50}}}

Without a licence key nothing is imported, wrapped or reported.
"""
from __future__ import annotations

import os
import random
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from krakpy_sdk import (
    ASGIApp,
    ConfigError,
    Proxy,
    Receive,
    Request,
    Response,
    RouterMiddleware,
    RouterSettings,
    Scope,
    Send,
    ServerMiddleware,
    ServerSettings,
)

__all__ = ["Names", "NewRelicConfig", "Transactions"]

#: how long the agent may take to report what is left when a worker ends, in seconds
LAST_REPORT_S = 2.0
_KEY = "NEW_RELIC_LICENSE_KEY"


@dataclass(frozen=True)
class NewRelicConfig:
    """The settings of `acme/newrelic`."""

    license: str = ""
    """The licence key; empty: the environment's NEW_RELIC_LICENSE_KEY."""
    app_name: str = "krakpy"
    """What the gateway is called at New Relic."""
    rate: int = 100
    """How many of a hundred requests are reported; 0: none."""
    offline: bool = False
    """Talk to nobody: the agent answers itself (its developer mode)."""

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 100:
            raise ConfigError("is a number from 0 to 100", path="rate")

    @property
    def key(self) -> str:
        """The licence key, wherever it is said."""
        return self.license or os.environ.get(_KEY, "")

    @property
    def is_on(self) -> bool:
        """Whether anything is reported."""
        return bool(self.key) and self.rate > 0


class Transactions:
    """The server seat: makes a transaction of each request that is reported."""

    Config = NewRelicConfig

    @staticmethod
    def applies_to(settings: ServerSettings) -> bool:
        config: NewRelicConfig = settings.config
        return config.is_on

    def __init__(self, settings: ServerSettings, next: ASGIApp) -> None:
        self._config: NewRelicConfig = settings.config
        self._next = next
        self._reported: ASGIApp = next
        self._agent: Any = None

    def setup(self) -> None:
        """Start the agent, which has threads and so must be started after the fork."""
        from newrelic import agent

        known = agent.global_settings()
        known.license_key = self._config.key
        known.app_name = self._config.app_name
        known.developer_mode = self._config.offline
        known.enabled = known.monitor_mode = True
        agent.register_application(self._config.app_name, timeout=0.0)
        self._agent = agent
        self._reported = agent.ASGIApplicationWrapper(self._next, application=self._config.app_name)

    def teardown(self) -> None:
        """Report what is left."""
        if self._agent is not None:
            self._agent.shutdown_agent(timeout=LAST_REPORT_S)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or random.random() * 100 >= self._config.rate:
            return self._next(scope, receive, send)
        return self._reported(scope, receive, send)


class Names:
    """The router seat: names the transaction, since paths would be too many names."""

    Config = NewRelicConfig

    @staticmethod
    def applies_to(settings: RouterSettings) -> bool:
        config: NewRelicConfig = settings.config
        return config.is_on and bool(settings.endpoint)

    def __init__(self, settings: RouterSettings, next: Proxy) -> None:
        self._name = f"{settings.method} {settings.endpoint}"
        self._next = next
        self._agent: Any = None

    def setup(self) -> None:
        """Find the agent."""
        from newrelic import agent

        self._agent = agent

    def __call__(self, request: Request) -> Awaitable[Response]:
        self._agent.set_transaction_name(self._name, group="krakpy")
        return self._next(request)


_server: type[ServerMiddleware] = Transactions
_router: type[RouterMiddleware] = Names
