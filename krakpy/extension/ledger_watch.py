"""What the master reads in the ledger: who a dead worker was running, who blocks one, how every instance stands.

    watch = Watch(ledger)
    watch.overdue()         # workers whose event loop somebody blocks
    watch.buried(pid)       # after a worker's death: who was it?
"""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from krakpy.extension import quarantine
from krakpy.extension.ledger import NOBODY, PID, SINCE, WHO, Ledger, Page
from krakpy.extension.ledger_page import tell
from krakpy.extension.quarantine import Account, Failing, State

#: how much longer than its timeout a call may block the event loop of its worker
GRACE_S = 0.5


class Culprit(NamedTuple):
    """Who a worker was running."""

    number: int
    account: Account
    for_s: float
    """Since when, in seconds before now."""

    @property
    def label(self) -> str:
        """Its distribution, version and name."""
        return f"{self.account.id.partition('/')[0]} {self.account.version} ({self.account.name})"


class Watch:
    """The master's side."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def running(self, pid: int) -> Culprit | None:
        """What a worker runs at this moment."""
        page = self._ledger.page_of(pid)
        return None if page is None else self._running(page)

    def overdue(self) -> Iterator[tuple[int, Culprit]]:
        """The workers whose event loop is blocked past the time-out of what they run, with its grace."""
        for page in self._ledger.pages():
            culprit = self._running(page) if page.slot[WHO] != NOBODY else None
            if culprit is not None and culprit.for_s > culprit.account.limit_s + GRACE_S:
                yield int(page.slot[PID]), culprit

    def blocked(self, culprit: Culprit) -> None:
        """Note that a worker is to be ended because of this one."""
        self._struck(culprit, "overrun", "it blocked its worker", is_at_boot=False)

    def buried(
        self, pid: int, how: str, *, was_ready: bool = True, is_violent: bool = True, is_noted: bool = False
    ) -> Culprit | None:
        """Note the end of a worker; who it was running, if that is what ended it. `is_noted`: see `blocked`."""
        page = self._ledger.page_of(pid)
        if page is None:
            return None
        culprit = self._running(page) if is_violent else None
        self._ledger.free(page)
        if culprit is not None and not is_noted:
            self._struck(culprit, "death", f"its worker died ({how})", is_at_boot=not was_ready)
        return culprit

    def _struck(self, culprit: Culprit, kind: quarantine.Kind, why: str, *, is_at_boot: bool) -> None:
        now = time.monotonic()
        failing = Failing(kind, now, now, why, is_at_boot)
        tell(self._ledger.change(culprit.number, partial(quarantine.failed, failing=failing)))

    def bury_strangers(self, is_alive: Callable[[int], bool]) -> None:
        """Note the ends of workers whose master does not know of us."""
        for page in list(self._ledger.pages()):
            pid = int(page.slot[PID])
            if not is_alive(pid):
                self.buried(pid, "nobody knows how")

    def released(self, what: str) -> tuple[list[str], list[str]]:
        """End the quarantine of the instances of this id or name; their names, and those that only a reload revives."""
        now, names, absent = time.monotonic(), [], []
        for index, state, account in self._ledger.accounts():
            if what not in (account.id, account.name) or state not in (State.QUARANTINED, State.PROBATION):
                continue
            tell(self._ledger.change(index, lambda _, account: quarantine.released(account, now)))
            names.append(account.name)
            if account.until == float("inf"):
                absent.append(account.name)
        return names, absent

    def status(self) -> list[dict[str, Any]]:
        """Every instance: how it stands, how often it was called and failed, and how long its calls take."""
        pages, now = list(self._ledger.pages()), time.monotonic()
        return [_status(index, state, account, pages, now) for index, state, account in self._ledger.accounts()]

    def _running(self, page: Page) -> Culprit | None:
        who, since = page.slot[WHO], page.slot[SINCE]
        account = self._ledger.account(int(who)) if who != NOBODY else None
        return None if account is None else Culprit(int(who), account, time.monotonic() - since)


def _status(index: int, state: State, account: Account, pages: list[Page], now: float) -> dict[str, Any]:
    tallies = [page.tally(index) for page in pages]
    calls = account.calls + sum(calls for calls, _ in tallies)
    seconds = account.seconds + sum(seconds for _, seconds in tallies)
    until_s = account.until - now if state is State.QUARANTINED else None
    return {
        "id": account.id,
        "instance": account.name,
        "version": account.version,
        "place": account.place,
        "state": state.name.lower(),
        "for_s": round(now - account.since, 3) if account.since else None,
        "until_s": round(max(0.0, until_s), 3) if until_s not in (None, float("inf")) else None,
        "quarantines": account.times,
        "calls": calls,
        "mean_ms": round(seconds / calls * 1000, 4) if calls else None,
        "errors": account.errors,
        "overruns": account.overruns,
        "deaths": account.deaths,
        "last_failure": account.why,
    }
