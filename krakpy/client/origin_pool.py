"""All connections to one origin: the idle ones, the busy ones, those being made, and who waits for one.

An exchange takes an idle connection and is on the wire before `exchange` returns. Where none is idle it waits in line
while one is made for it, and takes whichever is free first.
"""
from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any, Protocol, TypeVar

from krakpy_sdk import Refused, Timeout

from krakpy.client.bypass import Pipe
from krakpy.client.connection import Connection
from krakpy.client.exchange import DEADLINE_EXCEEDED, Exchange, Make
from krakpy.client.options import Limits, TransportOptions
from krakpy.client.origin import Origin
from krakpy.client.response_head import Head, parse

T = TypeVar("T")

#: KrakenD's default for `max_idle_connections_per_host`
_MAX_IDLE = 250
#: heads that are remembered for each origin, and up to which size
_MAX_HEADS = 64
_MAX_REMEMBERED_BYTES = 2048


class IdleRoster(Protocol):
    """Who counts the idle connections of all origins (`max_idle_connections`)."""

    def add(self, connection: Connection) -> None: ...
    def discard(self, connection: Connection) -> None: ...


Dial = Callable[[Origin, Callable[[], Connection], float], Awaitable[Connection]]
"""Makes a connection to an origin by this time; Refused or Timeout if there is none."""


class OriginPool:
    """The connections to one origin; at most `limits.max_connections_per_origin`, the rest waits in line (C-23)."""

    def __init__(
        self,
        origin: Origin,
        dial: Dial,
        *,
        options: TransportOptions,
        limits: Limits,
        loop: asyncio.AbstractEventLoop,
        roster: IdleRoster | None = None,
        pipe: Pipe | None = None,
    ) -> None:
        self.origin = origin
        self.limits = limits
        self.pipe = pipe or Pipe()
        self.header_timeout_s = options.response_header_timeout_s
        self.continue_timeout_s = options.expect_continue_timeout_s
        self._dial = dial
        self._loop = loop
        self._roster = roster
        self._idle_timeout_s = options.idle_connection_timeout_s
        self._keeps_alive = not options.disable_keep_alives
        self._max_idle = options.max_idle_connections_per_host or _MAX_IDLE
        self._connections: set[Connection] = set()
        self._idle: list[Connection] = []
        self._dials: set[asyncio.Task[Connection]] = set()
        self._line: OrderedDict[Exchange[Any], asyncio.TimerHandle | None] = OrderedDict()
        self._heads: dict[bytes, Head] = {}
        self._is_open = True

    @property
    def is_unused(self) -> bool:
        """Whether nothing would be lost with it."""
        return not (self._connections or self._dials or self._line)

    def exchange(
        self,
        head: bytes,
        body: bytes | AsyncIterable[bytes] | None,
        *,
        method: str,
        deadline: float | None,
        stream: bool,
        make: Make[T],
    ) -> Exchange[T]:
        """Sends a request; see `Pool.exchange`."""
        exchange: Exchange[T] = Exchange(loop=self._loop)
        exchange.head = head
        exchange.body = body
        exchange.method = method
        exchange.deadline = math.inf if deadline is None else deadline
        exchange.wants_stream = stream
        exchange.make = make
        exchange.is_retry = False
        exchange.listener = None
        idle = self._idle
        while idle:
            # PERF: the one that was used last: its memory is warm, and the others can time out
            connection = idle.pop()
            if self._roster is not None:
                self._roster.discard(connection)
            if connection.is_quiet():
                connection.send(exchange)
                return exchange
            connection.close()
        self._wait(exchange)
        return exchange

    def head_of(self, raw: bytes) -> Head:
        """The parsed head of an answer."""
        # PERF: answers to the same question often have the same head, to the byte, for a second (`Date`): 0.1 µs
        # instead of 2.5, and their fields are decoded and indexed once
        head = self._heads.get(raw)
        if head is None:
            head = parse(raw, max_bytes=self.limits.max_head_bytes, max_fields=self.limits.max_fields)
            if len(raw) <= _MAX_REMEMBERED_BYTES:
                if len(self._heads) >= _MAX_HEADS:
                    self._heads.clear()
                self._heads[raw] = head
        return head

    def release(self, connection: Connection) -> None:
        """The connection has given a whole answer: the next in line gets it, or it rests."""
        if not (self._keeps_alive and self._is_open) or (self._line and not connection.is_quiet()):
            connection.close()
        elif self._line:
            connection.send(self._next_in_line())
        elif len(self._idle) >= self._max_idle:
            connection.close()
        else:
            self._idle.append(connection)
            if self._idle_timeout_s:
                connection.rest(self._loop.time() + self._idle_timeout_s)
            if self._roster is not None:
                self._roster.add(connection)

    def forget(self, connection: Connection) -> None:
        """The connection is closed: whoever waits may have one made in its place."""
        self._connections.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        if self._roster is not None:
            self._roster.discard(connection)
        self._dial_for_the_line()

    def retry(self, exchange: Exchange[Any]) -> None:
        """Sends it once more, before all others, on a connection that is new or has just answered (C-02, C-19)."""
        exchange.is_retry = True
        self._wait(exchange, is_first=True)

    def drop(self, exchange: Exchange[Any]) -> None:
        """The exchange is cancelled while it waits."""
        timer = self._line.pop(exchange, None)
        if timer is not None:
            timer.cancel()

    def close(self) -> None:
        """Closes every connection; exchanges that are under way or wait end with Refused."""
        self._is_open = False
        for task in self._dials:
            task.cancel()
        for exchange in list(self._line):
            self.drop(exchange)
            exchange.fail(Refused("the gateway is shutting down"))
        for connection in list(self._connections):
            connection.fail(Refused("the gateway is shutting down"))

    def _wait(self, exchange: Exchange[Any], *, is_first: bool = False) -> None:
        if not self._is_open:
            exchange.fail(Refused("the gateway is shutting down"))
            return
        if self._is_full() and not is_first:
            exchange.fail(Refused(f"{self.origin}: too many requests wait for a connection"))
            return
        due = exchange.deadline
        exchange.holder = self
        self._line[exchange] = self._loop.call_at(due, self._late, exchange) if due < math.inf else None
        if is_first:
            self._line.move_to_end(exchange, last=False)
        self._dial_for_the_line()

    def _late(self, exchange: Exchange[Any]) -> None:
        self.drop(exchange)
        exchange.fail(Timeout(DEADLINE_EXCEEDED))

    def _next_in_line(self) -> Exchange[Any]:
        exchange, timer = self._line.popitem(last=False)
        if timer is not None:
            timer.cancel()
        return exchange

    def _may_dial(self) -> bool:
        return len(self._dials) + len(self._connections) < self.limits.max_connections_per_origin

    def _is_full(self) -> bool:
        """Whether nobody else may wait (C-23)."""
        return not self._may_dial() and len(self._line) - len(self._dials) >= self.limits.max_waiting_per_origin

    def _dial_for_the_line(self) -> None:
        while len(self._dials) < len(self._line) and self._may_dial():
            # NOTE: until the deadline of the last in line, who is the reason for this one
            due = next(reversed(self._line)).deadline
            task = asyncio.ensure_future(self._dial(self.origin, self._new_connection, due))
            self._dials.add(task)
            task.add_done_callback(self._dialled)

    def _new_connection(self) -> Connection:
        return Connection(self, loop=self._loop)

    def _dialled(self, task: asyncio.Task[Connection]) -> None:
        self._dials.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._connected(task.result())
        elif self._line and not isinstance(error, Timeout):
            # NOTE: who is late knows it by itself, and it is nobody else's fault
            self._next_in_line().fail(error)
        self._dial_for_the_line()

    def _connected(self, connection: Connection) -> None:
        if connection.is_closed:
            if self._line:
                self._next_in_line().fail(Refused(f"{self.origin}: the backend closed the connection at once"))
            return
        self._connections.add(connection)
        if self._line:
            connection.send(self._next_in_line())
        else:
            self.release(connection)
