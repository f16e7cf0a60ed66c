"""The supervisors of hosts that one master has: of the generation that serves, and of one that may follow it.

    hosting = Hosting()
    supervisor = hosting.supervisor(prepared)       # nothing is started before a worker is
    hosting.adopt()                                 # the one before it ends with its last worker
"""
from __future__ import annotations

from krakpy.extension.hosts import hosted
from krakpy.extension.preparing import Prepared
from krakpy.extension.supervisor import Supervisor


class Hosting:
    """Who supervises, and who has to end."""

    def __init__(self, supervisor: type[Supervisor] = Supervisor) -> None:
        self._supervisor = supervisor
        self._serving: Supervisor | None = None
        self._next: Supervisor | None = None
        self._retired: list[Supervisor] = []

    def supervisor(self, prepared: Prepared) -> Supervisor:
        """The supervisor of a generation that may come; one that was to come before, and did not, ends."""
        if self._next is not None:
            self._retire(self._next)
        settings = prepared.settings
        self._next = self._supervisor(hosted(prepared.admissions, settings.plugin), logging=settings.logging)
        return self._next

    def adopt(self) -> None:
        """Note that the workers of the one that was to come have taken over."""
        before, self._serving, self._next = self._serving, self._next, None
        if before is not None:
            self._retire(before)

    def drop(self, supervisor: Supervisor) -> None:
        """Note that the workers of the one that was to come will not take over: it ends."""
        if supervisor is self._next:
            self._next = None
            self._retire(supervisor)

    def tend(self) -> None:
        """See that the supervisor lives, and bury those that have ended."""
        if self._serving is not None:
            self._serving.tend()
        self._retired = [supervisor for supervisor in self._retired if not supervisor.has_ended]

    def stop(self) -> None:
        """End them all."""
        for supervisor in (self._serving, self._next, *self._retired):
            if supervisor is not None:
                supervisor.stop()

    def _retire(self, supervisor: Supervisor) -> None:
        supervisor.retire()
        self._retired.append(supervisor)
