"""What the connections of one worker share: the application, the limits, the clock, and the will to stop.

    service = Service(app, Limits(), loop=loop)
    service.start()
    server = await loop.create_server(lambda: Protocol(service), sock=listener)
    service.drain(grace_s=30)       # every connection is told before it ends
"""
from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from math import inf
from typing import Any

from krakpy_sdk import ASGIApp

from krakpy import logs
from krakpy.direct import Begin, Express
from krakpy.server.answer import Lines, Texts
from krakpy.server.limits import Limits
from krakpy.server.room import Connection, Room, most_descriptors

LOG = logging.getLogger("krakpy.server")

#: how often deadlines are looked at
TICK_S = 0.1

#: how long nothing was shed before it is worth another word
_QUIET_S = 10.0


class Service:
    """What the connections of one worker share.

    PERF: the clock is read ten times a second for all of them. A deadline is an attribute, and no timer is armed.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits | None = None,
        *,
        loop: asyncio.AbstractEventLoop,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.app = app
        self.limits = limits = limits or Limits()
        self.loop = loop
        self.room = Room(limits, most_descriptors())
        self.is_draining = False
        self.begin: Begin | None = None
        self.express: Express | None = None
        """Shorter ways to the application, where it has them."""
        self.state: dict[str, Any] = {}
        """What the application keeps from its start (ASGI: lifespan state)."""
        self.requests = 0
        """How many requests were given to the application."""
        self.refused: Counter[int] = Counter()
        """How many were not, by the status that they got."""
        self.under_way = 0
        """How many requests have no answer yet that their client has taken."""
        self.most_under_way = limits.max_requests_in_flight or inf
        self.lines = Lines()
        self.text = Texts(self.lines).of
        self.done = _done(loop)
        """What `send` gives to wait for when there is nothing to wait for."""
        self.now = clock()
        self.date = b""
        self._clock = clock
        self._wall = wall
        self._second = 0
        self._departing: list[Callable[[], None]] = []
        self._shed_until = -inf
        self._timer: asyncio.TimerHandle | None = None
        self.tick()

    @property
    def connections(self) -> set[Connection]:
        """Those that are there."""
        return self.room.connections

    def start(self) -> None:
        """Look at the clock from here on."""
        self.tick()
        self._timer = self.loop.call_later(TICK_S, self.start)

    def stop(self) -> None:
        """Look at the clock no more, and end every connection."""
        if self._timer is not None:
            self._timer.cancel()
        for connection in tuple(self.connections):
            connection.abort()

    def tick(self) -> None:
        """What the passing of time brings."""
        self.now = now = self._clock()
        second = int(self._wall())
        if second != self._second:
            self._second = second
            self.date = f"date: {formatdate(second, usegmt=True)}\r\n".encode()
        for connection in [connection for connection in self.connections if connection.deadline <= now]:
            connection.expire(now)
        departing, self._departing = self._departing, []
        for leave in departing:
            leave()

    def soon(self, action: Callable[[], None]) -> None:
        """Do that at the next tick but one at the latest."""
        self._departing.append(action)

    def drain(self, grace_s: float) -> None:
        """Take leave: each answer from now on announces the end of its connection, and those that wait end soon."""
        self.is_draining = True
        deadline = self._clock() + min(self.limits.drain_idle_s, self.limits.keep_alive_s, grace_s)
        for connection in tuple(self.connections):
            connection.drain(deadline)

    def shed(self) -> None:
        """A request is refused because there are too many under way; told once, until there was quiet for a while."""
        self.refused[503] += 1
        if self.now > self._shed_until:
            logs.event(LOG, logging.WARNING, "too many requests", limit=self.most_under_way)
        self._shed_until = self.now + _QUIET_S


def _done(loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
    future: asyncio.Future[None] = loop.create_future()
    future.set_result(None)
    return future
