"""The hosts behind one name, as they were when they were last looked up."""
from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from krakpy_sdk import UpstreamError

log = logging.getLogger("krakpy.extension.dns")

Find = Callable[[], tuple[str, ...]]
Start = Callable[[Callable[[], None]], object]

#: how soon a name that has no hosts is looked up again
RETRY_S = 1.0
#: how soon another look-up is started where one does not come back
GIVEN_UP_S = 10.0


def in_thread(job: Callable[[], None]) -> None:
    """Start a job in a thread that keeps no worker from ending."""
    Thread(target=job, name="krakpy-dns", daemon=True).start()


class Watch:
    """Called, gives the hosts at once; when they are older than `ttl_s` a look-up is started that others profit from.

    A look-up that fails leaves the hosts as they are. Calls come from the event loop alone.
    """

    def __init__(
        self,
        name: str,
        find: Find,
        *,
        ttl_s: float,
        start: Start = in_thread,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._find = find
        self._ttl_s = ttl_s
        self._start = start
        self._clock = clock
        self._hosts: tuple[str, ...] = ()
        self._due = clock()
        self._has_complained = False
        #: set once the first look-up has ended
        self.answered = Event()

    def __call__(self) -> tuple[str, ...]:
        now = self._clock()
        if now >= self._due:
            self._due = now + GIVEN_UP_S
            self._start(self._ask)
        return self._hosts

    def _ask(self) -> None:
        try:
            self._note(self._find())
        except UpstreamError as error:
            self._complain(str(error))
        finally:
            self._due = self._clock() + (self._ttl_s if self._hosts else min(self._ttl_s, RETRY_S))
            self.answered.set()

    def _note(self, hosts: tuple[str, ...]) -> None:
        self._hosts = hosts
        if not hosts:
            self._complain(f"the SRV records of {self._name!r} name no host that has a weight")
        elif self._has_complained:
            log.info("the SRV records of %r are there again", self._name)
            self._has_complained = False

    def _complain(self, message: str) -> None:
        if not self._has_complained:
            log.warning("%s; hosts that are asked meanwhile: %d", message, len(self._hosts))
        self._has_complained = True
