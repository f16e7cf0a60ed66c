"""What one worker writes into the ledger: what it is running, how its calls end, how long they take.

    worklog = Worklog(ledger)
    record = worklog.record(account)        # one for each instance
    record.failed("overrun", began, "took longer than 1 s")
"""
from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from krakpy.codes import Code
from krakpy.extension import quarantine
from krakpy.extension.ledger import NOBODY, PID, SINCE, WHO, Cells, Ledger
from krakpy.extension.quarantine import Account, Failing, Kind, Standing, State, sentence
from krakpy.logs import event

log = logging.getLogger("krakpy.extension")

#: how often a worker's counts are seen by others
FLUSH_S = 1.0

Change = Callable[[State, Account], Standing]


class Record:
    """One instance, as its guards in this worker see it.

    PERF: the members are what a guard touches in each call: bytes and numbers of memory that is mapped once.
    """

    __slots__ = ("_ledger", "index", "slot", "states", "tally")

    def __init__(
        self,
        states: Sequence[int] | memoryview,
        index: int,
        slot: Cells,
        ledger: Ledger | None = None,
    ) -> None:
        self.states = states
        self.index = index
        self.slot = slot
        self.tally: list[float] = [0, 0.0]
        """Calls that ended well, and the seconds that they took."""
        self._ledger = ledger

    @classmethod
    def of_nobody(cls) -> Record:
        """The record of an instance that nobody watches."""
        return cls([State.ACTIVE], 0, [0.0, NOBODY, 0.0])

    @property
    def state(self) -> State:
        """How the instance stands."""
        return State(self.states[self.index])

    @property
    def account(self) -> Account | None:
        """What the node knows of it."""
        return None if self._ledger is None else self._ledger.account(self.index)

    @property
    def is_left_out(self) -> bool:
        """Whether a worker must not even start with it: others died of that."""
        account = self.account if self.state is State.QUARANTINED else None
        return account is not None and account.until == float("inf")

    def may_pass(self) -> bool:
        """Whether it may be called although it is not active."""
        verdicts: list[bool] = []

        def asked(state: State, account: Account) -> Standing:
            standing, may = quarantine.may_pass(state, account, time.monotonic())
            verdicts.append(may)
            return standing

        self._change(asked)
        return not verdicts or verdicts[0]

    def went_well(self) -> None:
        """Note a call that went well although it was not active."""
        self._change(partial(quarantine.went_well, now=time.monotonic()))

    def broken_off(self) -> None:
        """Note a call that nobody waits for any more."""
        if self.state is State.PROBATION:
            self._change(quarantine.broken_off)

    def failed(self, kind: Kind, began: float, why: str) -> None:
        """Note a call that failed."""
        now = time.monotonic()
        self._change(partial(quarantine.failed, failing=Failing(kind, now, began or now, why)))

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Be what this worker runs, outside of calls."""
        slot, before = self.slot, self.slot[WHO]
        slot[SINCE], slot[WHO] = time.monotonic(), self.index
        try:
            yield
        finally:
            slot[WHO] = before

    def _change(self, change: Change) -> None:
        if self._ledger is not None:
            tell(self._ledger.change(self.index, change))


class Worklog:
    """The page of this worker, and a record for each of its instances."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._page = ledger.claim(os.getpid())
        self._records: dict[tuple[str, str, str, str], Record] = {}

    def record(self, account: Account) -> Record:
        """The record of an instance; of nobody when there is no room in the ledger."""
        if account.key not in self._records:
            self._records[account.key] = self._new(account)
        return self._records[account.key]

    def _new(self, account: Account) -> Record:
        index = self._ledger.enrol(account) if self._page is not None else -1
        if self._page is None or index < 0:
            event(log, logging.WARNING, "no room in the ledger: nobody watches this instance", instance=account.name)
            return Record.of_nobody()
        return Record(self._ledger.states, index, self._page.slot, self._ledger)

    async def keep(self) -> None:
        """Let others see again and again what was counted, until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_S)
            self.flush()

    def flush(self) -> None:
        """Let others see what was counted."""
        if self._page is not None:
            tallies = self._page.tallies
            for record in self._records.values():
                tallies[2 * record.index], tallies[2 * record.index + 1] = record.tally

    def close(self) -> None:
        """Give the page up, with all that was counted."""
        self.flush()
        if self._page is not None and self._page.slot[PID] == os.getpid():
            self._ledger.free(self._page)


def tell(change: tuple[State, State, Account] | None) -> None:
    """Log a transition, once: by whoever made it."""
    if change is None or change[0] is change[1]:
        return
    _, state, account = change
    who: dict[str, Any] = {
        "extension": account.id, "instance": account.name, "place": account.place, "state": state.name.lower(),
    }  # fmt: skip
    label = f"{account.id.partition('/')[0]} {account.version} ({account.name})"
    if state is State.QUARANTINED:
        remedy = f"mend it, then: krakpy ext release {account.id}"
        event(log, logging.ERROR, f"{label} {sentence(account)}", code=Code.QUARANTINED.id, remedy=remedy, **who)
    elif state is State.PROBATION:
        event(log, logging.WARNING, f"{label} is on probation: it is called once at a time", **who)
    else:
        event(log, logging.INFO, f"{label} is called as before: its quarantine is over", **who)
