"""The gateway as one ASGI application, opened at the server's start-up or at the first request.

    app = GatewayApp(lambda: prepared)
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from krakpy_sdk import Receive, Scope, Send

from krakpy.collector import paused
from krakpy.direct import Begin, Express
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.hosts import Hosts, is_stranger
from krakpy.extension.ledger import Ledger
from krakpy.extension.manager import tell_failures
from krakpy.extension.preparing import Prepared
from krakpy.gateway import Gateway
from krakpy.logs import event

log = logging.getLogger("krakpy.gateway")


class GatewayApp:
    """An ASGI application that opens its gateway at start-up of the server, or at the first request."""

    def __init__(
        self,
        prepared: Callable[[], Prepared],
        *,
        hosts: Hosts | None = None,
        ledger: Callable[[], Ledger | None] = lambda: None,
        when_open: Callable[[], None] = lambda: None,
    ) -> None:
        self._prepared = prepared
        self._hosts = hosts
        self._ledger = ledger
        self._when_open = when_open
        self._gateway: Gateway | None = None
        self.begin: Begin | None = None
        self.express: Express | None = None
        """Shorter ways than ASGI, once the gateway is open: see `krakpy.direct`."""
        self.has_strangers = False
        """Whether third-party code runs in this very process, once the gateway is open."""
        self._opening: asyncio.Lock | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        gateway = self._gateway or await self._opened()
        await gateway.app(scope, receive, send)

    async def _opened(self) -> Gateway:
        self._opening = self._opening or asyncio.Lock()
        async with self._opening:
            if self._gateway is None:
                with paused():
                    prepared = await asyncio.to_thread(self._prepared)
                    gateway = Gateway(prepared, hosts=self._hosts, ledger=self._ledger())
                    await gateway.open()
                    self._when_open()
                self.has_strangers = any(is_stranger(admission) for admission in prepared.admissions)
                self._gateway = gateway
                self.begin = getattr(gateway.app, "begin", None)
                self.express = getattr(gateway.app, "express", None)
        return self._gateway

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._start(send)
            else:
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _start(self, send: Send) -> None:
        try:
            await self._opened()
        except ConfigurationError as error:
            tell(error.problems)
            await send({"type": "lifespan.startup.failed", "message": str(error)})
        else:
            await send({"type": "lifespan.startup.complete"})

    async def _stop(self) -> None:
        if self._gateway is not None:
            await self._gateway.close()
            self._gateway = None


def told(prepared: Prepared) -> Prepared:
    """The same, after its warnings and failures have been logged."""
    tell(prepared.warnings)
    tell_failures(prepared.failures)
    return prepared


def tell(problems: Iterable[Problem]) -> None:
    """Log each problem on a line of its own: code, place, sentence, remedy."""
    for problem in problems:
        level = logging.ERROR if problem.severity == "error" else logging.WARNING
        event(log, level, problem.message, code=problem.code.id, place=problem.place, remedy=problem.advice)
