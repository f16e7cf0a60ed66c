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
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_armed = False

    def start(self) -> tuple[asyncio.Task[Any], float]:
        """The current task, and its deadline on the event loop's clock."""
        loop = self._loop or self._bound()
        task = asyncio.current_task(loop)
        assert task is not None, "servers run applications in tasks"
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
            del self._open[task]
            self._over.add(task)
            task.cancel()
        self._is_armed = False
