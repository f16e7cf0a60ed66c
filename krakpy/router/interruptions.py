"""Work that somebody may cut short: a deadline, or a client that goes away."""
from __future__ import annotations

import asyncio


class Interruptible:
    """A stretch of a task's work. `cut` ends it with CancelledError, but only while the task is inside.

        work.enter()
        try:
            await something
        except asyncio.CancelledError:
            if not work.is_only_cause():
                raise                   # the task itself is to end
        finally:
            work.leave()

    PERF: what `asyncio.timeout` does in 4 µs, without its timer and its two coroutines.
    """

    __slots__ = ("_cancelling", "_has_cancelled", "_task", "is_cut")

    def __init__(self) -> None:
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._has_cancelled = False
        self.is_cut = False

    def enter(self) -> None:
        """From here on the current task may be cut short."""
        self._task = task = asyncio.current_task()
        self._cancelling = task.cancelling() if task is not None else 0

    def cut(self) -> None:
        """End the stretch; once it is left, `is_cut` alone tells."""
        self.is_cut = True
        if self._task is not None:
            self._has_cancelled = True
            self._task.cancel()

    def is_only_cause(self) -> bool:
        """Whether the CancelledError that was caught is `cut`'s, and nobody else wants the task to end."""
        task, has_cancelled = self._task, self._has_cancelled
        self.leave()
        return has_cancelled and task is not None and task.cancelling() <= self._cancelling

    def leave(self) -> None:
        """From here on the task is its own again; a cancellation of `cut` is taken back. May be called twice."""
        task, self._task = self._task, None
        if self._has_cancelled and task is not None:
            self._has_cancelled = False
            task.uncancel()
