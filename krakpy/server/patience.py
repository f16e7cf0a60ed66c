"""How long a connection waits for its client: for a request, for all of it, and until its answer has been read."""
from __future__ import annotations

import asyncio
from math import inf

from krakpy.server.connection import Connection
from krakpy.server.exchange import Exchange
from krakpy.server.intake import Intake
from krakpy.server.refusals import Refusal
from krakpy.server.scanning import Scanner
from krakpy.server.service import TICK_S, Service


class Patience(Connection):
    """A connection that knows what it waits for. Deadlines are times of the service's clock, never early."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        limits = service.limits
        self._answer_s = limits.answer_deadline_s + TICK_S if limits.answer_deadline_s else inf
        self._idle_s = limits.keep_alive_s + TICK_S
        self._exchange: Exchange | None = None
        """The request that is served, or was and is not all there yet."""
        self._intake: Intake | None = None
        """Its body, if it has one."""
        self._scanner: Scanner | None = None
        """The head that is on its way."""
        self._since = 0.0
        """When the request began to come."""
        self._served_at = 0.0
        """When it was given to the application."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._since = self._service.now
        self.deadline = self._since + TICK_S + self._head_s()
        super().connection_made(transport)

    def drain(self, deadline: float) -> None:
        """Wait for a request no longer than that."""
        if self._exchange is None and not self._is_closing:
            self.deadline = min(self.deadline, deadline)

    def expire(self, now: float) -> None:
        """The deadline is over."""
        exchange = self._exchange
        if self._is_closing:
            self._expire_closing(now)
        elif self.is_stalled and now >= self._stalled_at + self._limits.write_deadline_s:
            if self._is_progressing():
                self._stalled_at = now
                self._schedule()
            else:
                self.reset()
        elif exchange is None:
            self._expire_waiting()
        elif now >= self._served_at + self._answer_s:
            self.abort()
        elif now >= self._body_deadline():
            self.refuse(Refusal.SLOW)
        else:
            self._schedule()

    def _expire_waiting(self) -> None:
        if self._scanner is None or self._scanner.is_empty:
            self.close(lingers=False)
        else:
            self.refuse(Refusal.SLOW)

    def _schedule(self) -> None:
        """Set the deadline: what is overdue first."""
        if self._is_closing:
            return
        stalled = self._stalled_at + TICK_S + self._limits.write_deadline_s if self.is_stalled else inf
        if self._exchange is None:
            self.deadline = min(stalled, self._since + TICK_S + self._head_s())
        else:
            answer = inf if self._exchange.is_answered else self._served_at + self._answer_s
            self.deadline = min(stalled, answer, self._body_deadline())

    def _body_deadline(self) -> float:
        """When the body would be too slow, if no more came of it."""
        intake, limits = self._intake, self._limits
        if intake is None or intake.is_complete or intake.expects or self._is_paused:
            return inf
        rate = limits.body_min_rate_bytes_per_s
        average = intake.since + limits.body_grace_s + intake.received / rate if rate else inf
        total = self._since + limits.read_deadline_s if limits.read_deadline_s else inf
        return min(average, total) + TICK_S

    def _head_s(self) -> float:
        limits = self._limits
        return min(limits.head_deadline_s, limits.read_deadline_s or inf)

    def _leave(self) -> None:
        """The client is gone, for who answers it."""
        exchange = self._exchange
        if exchange is not None and not exchange.is_answered and not exchange.is_gone:
            exchange.leave()
