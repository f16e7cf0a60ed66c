"""The records of all instances of one worker: one for each, whatever the number of places that name it.

    records = Records(ledger)
    guard = Guard(…, records.of(admission))
"""
from __future__ import annotations

import asyncio
from dataclasses import replace

from krakpy.extension.contracts import contract_of
from krakpy.extension.gates import Admission
from krakpy.extension.ledger import Ledger
from krakpy.extension.ledger_page import Record, Worklog
from krakpy.extension.policy import DEFAULT_TIMEOUT_S, Policy
from krakpy.extension.preparing import Prepared
from krakpy.extension.quarantine import Account, Rules, State


class Records:
    """Without a ledger nobody watches anybody."""

    def __init__(self, ledger: Ledger | None = None) -> None:
        self._worklog = None if ledger is None else Worklog(ledger)
        self._known: dict[tuple[str, str, str], Record | None] = {}
        self._keeping: asyncio.Task[None] | None = None

    def of(self, admission: Admission) -> Record | None:
        """The record of an instance; None for one that nobody watches."""
        if self._worklog is None or is_trusted(admission):
            return None
        key = admission.candidate.id, admission.candidate.python, admission.need.name
        if key not in self._known:
            self._known[key] = self._worklog.record(account_of(admission))
        return self._known[key]

    def open(self) -> None:
        """Let others see what is counted, from now on."""
        if self._worklog is not None:
            self._keeping = asyncio.get_running_loop().create_task(self._worklog.keep())

    def close(self) -> None:
        """Note that this worker is done."""
        if self._keeping is not None:
            self._keeping.cancel()
        if self._worklog is not None:
            self._worklog.close()


def spared(prepared: Prepared, ledger: Ledger) -> Prepared:
    """The same without what workers leave out, because others died of it when they started.

    A driver stays: what names it cannot be built without one.
    """
    standing = ((state, account) for _, state, account in ledger.accounts())
    away = {account.key for state, account in standing if state is State.QUARANTINED and account.until == float("inf")}
    kept = (
        admission
        for admission in prepared.admissions
        if contract_of(admission.candidate.family).kind == "driver" or account_of(admission).key not in away
    )
    return replace(prepared, admissions=tuple(kept))


def is_trusted(admission: Admission) -> bool:
    """Whether it is one of krakpy's own steps, as it is without the operator's word: nothing stands around it."""
    candidate = admission.candidate
    is_plain = replace(admission.policy, isolation="") == Policy()
    return candidate.is_first_party and is_plain and candidate.family != "hooks"


def account_of(admission: Admission) -> Account:
    """What an instance is enrolled with."""
    candidate, need, policy = admission.candidate, admission.need, admission.policy
    said = policy.quarantine
    return Account(
        id=candidate.id,
        name=need.name,
        version=candidate.version,
        python=candidate.python,
        place=need.place,
        limit_s=policy.timeout_s or DEFAULT_TIMEOUT_S,
        rules=Rules(said.overruns, said.errors, said.within, said.lasts, said.trials),
    )
