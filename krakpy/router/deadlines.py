"""Ends the work on requests when the endpoint's time is over."""
from __future__ import annotations

import asyncio

from krakpy.router.interruptions import Interruptible

#: event loops fire timers up to half a millisecond early
_EARLY_S = 0.001


class Deadline(Interruptible):
    """The time that one request has."""

    __slots__ = ("_deadlines", "at")

    def __init__(self, deadlines: Deadlines, at: float) -> None:
        super().__init__()
        self._deadlines = deadlines
        self.at = at

    def end(self) -> None:
        """The work is done."""
        self._deadlines.forget(self)
        self.leave()


class Deadlines:
    """The deadlines of one endpoint: as the timeout is always the same, the oldest is the first to come.

    PERF: one timer for all requests, 0.5 µs each; a timer for each takes 1.3 µs, `asyncio.timeout` 4 µs.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._open: dict[Deadline, None] = {}
        self._is_armed = False

    def start(self) -> Deadline:
        """A deadline from now, which the current task has entered."""
        loop = asyncio.get_running_loop()
        deadline = Deadline(self, loop.time() + self._timeout_s)
        deadline.enter()
        self._open[deadline] = None
        if not self._is_armed:
            self._is_armed = True
            loop.call_at(deadline.at, self._ring, loop)
        return deadline

    def forget(self, deadline: Deadline) -> None:
        """It does not matter any more."""
        self._open.pop(deadline, None)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time() + _EARLY_S
        while self._open:
            deadline = next(iter(self._open))
            if deadline.at > now:
                loop.call_at(deadline.at, self._ring, loop)
                return
            del self._open[deadline]
            deadline.cut()
        self._is_armed = False
