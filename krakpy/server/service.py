"""What the connections of one worker share: the application, the limits, the clock, and the will to stop.

    service = Service(app, Limits(), loop=loop)
    service.start()
    server = await loop.create_server(lambda: Protocol(service), sock=listener)
    service.drain(grace_s=30)       # every connection is told before it ends
"""
from __future__ import annotations

import asyncio
import logging
import resource
import time
from collections import Counter
from collections.abc import Callable, Sequence
from email.utils import formatdate
from math import inf
from typing import Any, Protocol

from krakpy_sdk import ASGIApp

from krakpy import logs
from krakpy.direct import Begin, Express
from krakpy.server.answer import NO_BODY, STATUS_LINES, Field, Lines, Text, lined, status_line
from krakpy.server.limits import Limits

LOG = logging.getLogger("krakpy.server")

#: how often deadlines are looked at
TICK_S = 0.1

#: of how many answers the fields are remembered as they are written, and up to which size
_MOST_TEXTS = 512
_LONGEST_TEXT = 4096

#: connections beyond the limit that are told so at once; more of them are dropped without a word
_MOST_TOLD = 64

#: how long nothing was shed before it is worth another word
_QUIET_S = 10.0


class Connection(Protocol):
    """What the service does with a connection."""

    deadline: float
    """In the service's time."""

    def expire(self, now: float) -> None:
        """It has reached its deadline."""

    def drain(self, deadline: float) -> None:
        """It may wait for a request no longer than that."""

    def abort(self) -> None:
        """It ends now, whatever was under way."""


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
        self.connections: set[Connection] = set()
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
        self._texts: dict[int, Text] = {}
        self.done: asyncio.Future[None] = loop.create_future()
        """What `send` gives to wait for when there is nothing to wait for."""
        self.done.set_result(None)
        self.most_connections = most_connections(limits, most_descriptors())
        self.now = clock()
        self.date = b""
        self._clock = clock
        self._wall = wall
        self._second = 0
        self._addresses: Counter[str] = Counter()
        self._departing: list[Callable[[], None]] = []
        self._is_full = False
        self._shed_until = -inf
        self._told = min(_MOST_TOLD, 1 + self.most_connections // 8)
        self._timer: asyncio.TimerHandle | None = None
        self.tick()

    def text(self, status: int, fields: Sequence[Field]) -> Text:
        """Status line and fields of an answer as they are written.

        PERF: an application that gives the same object of fields again pays for it once.
        """
        text = self._texts.get(id(fields))
        if text is not None and text.fields is fields and text.status == status:
            return text
        lines, own = lined(fields, self.lines)
        is_ordinary = status not in NO_BODY and b"connection" not in own and b"content-length" not in own
        written = (STATUS_LINES.get(status) or status_line(status)) + lines if is_ordinary else None
        text = Text(fields, status, written, b"date" in own)
        # NOTE: what can be changed is not remembered, nor what is too large or is of no use
        if written is not None and len(written) <= _LONGEST_TEXT and type(fields) is tuple:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            self._texts[id(fields)] = text
        return text

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

    def admit(self, connection: Connection, address: str) -> bool | None:
        """Whether there is room for one more; None where there is not even room to say so. `leave` has to follow."""
        self.connections.add(connection)
        self._addresses[address] += 1
        most = self.limits.max_connections_per_address
        if len(self.connections) > self.most_connections:
            self._tell_full()
            return None if len(self.connections) > self.most_connections + self._told else False
        return not most or not address or self._addresses[address] <= most

    def leave(self, connection: Connection, address: str) -> None:
        """A connection has ended."""
        self.connections.discard(connection)
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]
        self._is_full = self._is_full and len(self.connections) > self.most_connections * 0.9

    def shed(self) -> None:
        """A request is refused because there are too many under way; told once, until there was quiet for a while."""
        self.refused[503] += 1
        if self.now > self._shed_until:
            logs.event(LOG, logging.WARNING, "too many requests", limit=self.most_under_way)
        self._shed_until = self.now + _QUIET_S

    def _tell_full(self) -> None:
        if not self._is_full:
            self._is_full = True
            logs.event(LOG, logging.WARNING, "too many connections", limit=self.most_connections)


def most_connections(limits: Limits, descriptors: int) -> int:
    """How many connections a worker may have: as many as it is told, but never most of its descriptors.

    NOTE: a worker that has run out of them cannot even refuse; and the backends want theirs too.
    """
    return min(limits.max_connections or descriptors // 2, descriptors * 3 // 4)


def most_descriptors() -> int:
    """How many descriptors this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else 1 << 20
