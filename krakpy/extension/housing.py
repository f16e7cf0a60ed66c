"""The hooks of one worker that run in hosts, and the hosts of its own where nobody else has started any.

    housing = Housing(prepared, hosts)
    hooks = await housing.open()        # by the key of their need
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping

from krakpy.extension.catalog import Candidate
from krakpy.extension.declared import Look
from krakpy.extension.gates import Admission
from krakpy.extension.guard import Guard
from krakpy.extension.hosts import Hosts, hosted, is_hosted
from krakpy.extension.preparing import Prepared
from krakpy.extension.probe import SLOW_IMPORT_S, Verdict
from krakpy.extension.records import Records
from krakpy.extension.remote import Facts, Remote, RemoteHook
from krakpy.extension.supervisor import Supervisor
from krakpy.logs import event

log = logging.getLogger("krakpy.extension")

_TEND_S = 1.0


class Housing:
    """What a worker has of hosts: nothing at all where no instance is hosted."""

    def __init__(self, prepared: Prepared, hosts: Hosts | None = None, records: Records | None = None) -> None:
        self._prepared = prepared
        self._hosts = hosts
        self._records = records or Records()
        self._admissions = [admission for admission in prepared.admissions if is_hosted(admission)]
        self._verdicts = {(v.candidate.id, v.candidate.python): v for v in prepared.verdicts}
        self._own: Supervisor | None = None
        self._tending: asyncio.Task[None] | None = None
        self._remote: Remote | None = None

    def facts(self, admission: Admission) -> Facts:
        """What is known of an instance's class."""
        candidate = admission.candidate
        verdict = self._verdicts.get((candidate.id, candidate.python))
        # NOTE: what nobody has looked at is asked for everything, and answers 503 for what it does not have
        return Facts(hooks=admission.need.hooks) if verdict is None or not verdict.hooks else _facts(verdict)

    def look(self, candidate: Candidate) -> Look | None:
        """What a hosted class says of documents; None for one that will never be called."""
        for admission in self._admissions:
            if admission.candidate == candidate:
                facts = self.facts(admission)
                return Look(facts.paths, facts.hooks)
        return None

    async def open(self) -> Mapping[tuple[str, str], RemoteHook]:
        """Connect to the hosts, wait a little until they are there, and give every hook."""
        if not self._admissions:
            return {}
        settings = self._prepared.settings
        specs = hosted(self._admissions, settings.plugin)
        if self._hosts is None:
            self._own = Supervisor(specs, logging=settings.logging)
            self._own.start()
            self._tending = asyncio.ensure_future(_tend(self._own))
        hosts = self._hosts if self._own is None else self._own.hosts
        assert hosts is not None, "something is hosted"
        self._remote = remote = Remote(specs, hosts)
        hooks = dict(self._hooks(remote))
        await remote.open()
        await remote.ready(admission for admission in self._admissions if not self.facts(admission).is_slow)
        for admission in self._admissions:
            self._tell(remote, admission)
        return hooks

    async def close(self) -> None:
        """Disconnect, and end the hosts that are this worker's own."""
        if self._tending is not None:
            self._tending.cancel()
        if self._remote is not None:
            self._remote.close()
        if self._own is not None:
            await asyncio.to_thread(self._own.stop)

    def _hooks(self, remote: Remote) -> Iterator[tuple[tuple[str, str], RemoteHook]]:
        for admission in self._admissions:
            need, record = admission.need, self._records.of(admission)
            guard = Guard(need.name, admission.candidate, need.place, admission.policy, record)
            yield admission.need.key, remote.hook(admission, self.facts(admission), guard)

    def _tell(self, remote: Remote, admission: Admission) -> None:
        down = remote.down(admission)
        if down is not None:
            candidate, need = admission.candidate, admission.need
            message = f"{candidate.distribution} {candidate.version} ({need.name}) {down}"
            event(
                log, logging.ERROR, message, code=down.code.id, place=need.place, instance=need.name,
                remedy=f"krakpy ext show {candidate.id}; {down.code.remedy}",
            )  # fmt: skip


def _facts(verdict: Verdict) -> Facts:
    return Facts(
        hooks=verdict.hooks,
        paths=verdict.paths,
        takes=verdict.takes,
        wants_body=verdict.wants_body,
        is_safe=verdict.is_safe,
        is_slow=verdict.import_s > SLOW_IMPORT_S,
    )


async def _tend(supervisor: Supervisor) -> None:
    while True:
        await asyncio.sleep(_TEND_S)
        supervisor.tend()
