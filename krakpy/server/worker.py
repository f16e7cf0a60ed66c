"""gunicorn's ASGI worker, with what its master has to know about it.

A worker dies for itself: nothing that its application raises, however odd, runs the master's code in its process.
"""
from __future__ import annotations

import ctypes
import logging
import mmap
import os
import signal
import sys
import time
from typing import Any

from gunicorn.workers.gasgi import ASGIWorker

from krakpy import logs

LOG = logging.getLogger("krakpy.server")

#: the exit status of a worker that failed (sysexits.h: EX_SOFTWARE)
FAILED = 70

_PR_SET_PDEATHSIG = 1


class Worker(ASGIWorker):
    """Serves; its master sees when it became ready, and it never outlives its master."""

    failures = 0
    """How many workers died in its place, one after the other, before they were ready; the master's note."""
    is_dismissed = False
    """Whether the master told it to go; the master's note."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.spawned_at = time.monotonic()
        # NOTE: gunicorn builds a worker before it forks, so this byte is the same one in the master and in the worker
        self._ready = mmap.mmap(-1, 1)

    @property
    def is_ready(self) -> bool:
        """Whether the application has started and the worker listens; true for good, also after its death."""
        return self._ready[0] == 1

    def uptime_s(self) -> float:
        """Seconds since just before the fork."""
        return time.monotonic() - self.spawned_at

    def notify(self) -> None:
        """Beat. gunicorn beats first when the lifespan has started and the sockets are open: that is being ready."""
        if not self.is_ready:
            self._ready[0] = 1
            logs.event(LOG, logging.INFO, "worker ready", pid=self.pid, after_s=round(self.uptime_s(), 3))
        super().notify()

    def init_signals(self) -> None:
        super().init_signals()
        die_with_parent(self.ppid)

    def init_process(self) -> None:
        """Load and serve; whatever comes out of that ends this process, logged as one event."""
        try:
            super().init_process()
        except SystemExit:
            raise
        # NOTE: a KeyboardInterrupt or a HaltServer that got through would make this process shut its siblings down,
        # because the master's main loop is further up on the same stack
        except BaseException as error:
            logs.event(LOG, logging.CRITICAL, "worker failed", exc_info=error, pid=self.pid, error=type(error).__name__)
            raise SystemExit(FAILED) from error


def die_with_parent(parent: int) -> None:
    """Have this process killed when its parent dies, even while it is blocked (on Linux; elsewhere gunicorn polls).

    NOTE: the kernel forgets the wish when the process changes its user: call it after that.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)
