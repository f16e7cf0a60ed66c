"""Ends the work on requests when the endpoint's time is over."""
from __future__ import annotations

import asyncio
from typing import Any

#: event loops fire timers up to half a millisecond early
_EARLY_S = 0.001


class Deadlines:
    """The requests to one endpoint that are under way: its timeout is always the same, so the oldest is due first.

        task, deadline = deadlines.start()
        try:
            await something
        except asyncio.CancelledError:
            if not deadlines.is_cause(task):
                raise                   # the task itself is to end
        finally:
            deadlines.end(task)

    PERF: one timer for them all: 0.5 µs for a request, where `asyncio.timeout` takes 4. Belongs to one event loop.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._open: dict[asyncio.Task[Any], float] = {}
        self._over: set[asyncio.Task[Any]] = set()
        #: the timers of those that went on with a request
        self._timers: dict[asyncio.Task[Any], asyncio.TimerHandle] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_armed = False

    def next(self) -> float:
        """The deadline of a request that begins now."""
        return (self._loop or self._bound()).time() + self._timeout_s

    def resume(self, at: float) -> asyncio.Task[Any]:
        """The current task, which goes on with a request that began earlier and has this deadline."""
        loop = self._loop or self._bound()
        task = _current(loop)
        # NOTE: the order of beginnings is not that of deadlines here, so it has a timer of its own
        self._open[task] = at
        self._timers[task] = loop.call_at(at, self._expire, task, at)
        return task

    def start(self, at: float | None = None) -> tuple[asyncio.Task[Any], float]:
        """The current task, and its deadline on the event loop's clock: the `next` one, unless it was asked before."""
        loop = self._loop or self._bound()
        task = _current(loop)
        if at is None:
            at = loop.time() + self._timeout_s
        self._open[task] = at
        if not self._is_armed:
            self._is_armed = True
            loop.call_at(at, self._ring, loop)
        return task, at

    def is_cause(self, task: asyncio.Task[Any]) -> bool:
        """Whether a CancelledError comes from here, and nobody else wants the task to end."""
        if task not in self._over:
            return False
        self._over.discard(task)
        return task.uncancel() == 0

    def end(self, task: asyncio.Task[Any]) -> None:
        """The work is done."""
        if self._timers and (timer := self._timers.pop(task, None)):
            timer.cancel()
        if self._open.pop(task, None) is None and task in self._over:
            self._over.discard(task)
            task.uncancel()

    def _bound(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.get_running_loop()
        return self._loop

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time() + _EARLY_S
        while self._open:
            task = next(iter(self._open))
            at = self._open[task]
            if at > now:
                loop.call_at(at, self._ring, loop)
                return
            self._expire(task, at)
        self._is_armed = False

    def _expire(self, task: asyncio.Task[Any], at: float) -> None:
        if self._open.get(task) == at:
            del self._open[task]
            self._over.add(task)
            task.cancel()


def _current(loop: asyncio.AbstractEventLoop) -> asyncio.Task[Any]:
    task = asyncio.current_task(loop)
    assert task is not None, "servers run applications in tasks"
    return task
