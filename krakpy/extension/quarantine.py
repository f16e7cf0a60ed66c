"""The rules of quarantine: who failed too often is not called for a while, then tried, then trusted again.

    state, account = failed(state, account, Failing("overrun", began=…, now=…, why="…"))

active → quarantined → probation → active. Pure: nothing here knows processes, memory or clocks. Times are seconds of
the machine's monotonic clock, which all processes share.
"""
from __future__ import annotations

from enum import IntEnum
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

#: the longest quarantine: each one that follows a probation that failed lasts twice as long
LONGEST_S = 600.0
#: failures that are remembered of one instance, and so the most that a rule can ask for
MOST_STRIKES, MOST_ERRORS = 32, 128
#: longest text of an account
MAX_TEXT = 300

Kind = Literal["error", "overrun", "death"]


class State(IntEnum):
    """How an instance stands."""

    FREE = 0
    """Nobody stands here."""
    ACTIVE = 1
    QUARANTINED = 2
    """It is not called."""
    PROBATION = 3
    """It is called once at a time, on the whole node."""


class Rules(msgspec.Struct, frozen=True, array_like=True):
    """How much an instance may fail; 0 is without end."""

    overruns: int = 3
    """Calls that were late, and processes that died, together."""
    errors: int = 20
    within_s: float = 60.0
    lasts_s: float = 30.0
    trials: int = 3
    """Calls in a row that have to go well in probation."""


class Account(msgspec.Struct, frozen=True, array_like=True):
    """What the node knows of one instance."""

    id: str
    name: str
    version: str
    python: str = ""
    place: str = ""
    rules: Rules = Rules()
    limit_s: float = 1.0
    """How long one call may take."""
    since: float = 0.0
    """When its state began."""
    until: float = 0.0
    """When its quarantine ends; infinite for one that a worker could not start with."""
    times: int = 0
    """Quarantines in a row, without a probation that went well."""
    good: int = 0
    """Calls that went well in this probation."""
    trial_until: float = 0.0
    """Until when the call that is under way in probation keeps others away."""
    strikes: tuple[float, ...] = ()
    failures: tuple[float, ...] = ()
    why: str = ""
    """The last failure that counted."""
    calls: int = 0
    seconds: float = 0.0
    """Of the workers that are gone; those that live keep their own count."""
    errors: int = 0
    overruns: int = 0
    deaths: int = 0

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from others: another version of an extension starts anew."""
        return self.id, self.version, self.python, self.name


class Failing(NamedTuple):
    """One failure."""

    kind: Kind
    now: float
    began: float
    """When the call began: what was under way when the last strike fell is part of the same accident."""
    why: str
    is_at_boot: bool = False


Standing = tuple[State, Account]


def failed(state: State, account: Account, failing: Failing) -> Standing:
    """How it stands after a failure."""
    account = _counted(account, failing)
    if state is State.QUARANTINED:
        return state, account
    if failing.kind == "error":
        failures = (*account.failures, failing.now)[-MOST_ERRORS:]
        account = replace(account, failures=failures)
        is_too_much = _reached(failures, account.rules.errors, failing.now, account)
    elif account.strikes and failing.began < account.strikes[-1]:
        return state, account
    else:
        strikes = (*account.strikes, failing.now)[-MOST_STRIKES:]
        account = replace(account, strikes=strikes)
        is_too_much = _reached(strikes, account.rules.overruns, failing.now, account)
    if is_too_much or state is State.PROBATION:
        return State.QUARANTINED, _put_away(account, failing)
    return state, account


def may_pass(state: State, account: Account, now: float) -> tuple[Standing, bool]:
    """How it stands when somebody wants to call it, and whether that may be."""
    if state is State.QUARANTINED and now >= account.until:
        state, account = State.PROBATION, replace(account, since=now, good=0, trial_until=0.0)
    if state is State.PROBATION and now >= account.trial_until:
        return (state, replace(account, trial_until=now + account.limit_s + 1.0)), True
    return (state, account), state not in (State.QUARANTINED, State.PROBATION)


def went_well(state: State, account: Account, now: float) -> Standing:
    """How it stands after a call that went well."""
    if state is not State.PROBATION:
        return state, account
    good = account.good + 1
    if good >= account.rules.trials:
        return released(account, now)
    return state, replace(account, good=good, trial_until=0.0)


def broken_off(state: State, account: Account) -> Standing:
    """How it stands after a call that nobody waited for."""
    return state, replace(account, trial_until=0.0) if state is State.PROBATION else account


def released(account: Account, now: float) -> Standing:
    """How it stands when all is forgiven."""
    forgiven = replace(account, since=now, until=0.0, times=0, good=0, trial_until=0.0, strikes=(), failures=())
    return State.ACTIVE, forgiven


def sentence(account: Account) -> str:
    """Why it is in quarantine, for operators."""
    lasts = account.until - account.since
    long = f"for {lasts:g} s" if lasts < LONGEST_S * 2 else "until it is released"
    return f"is quarantined {long}: {account.why}"


def _counted(account: Account, failing: Failing) -> Account:
    why = failing.why[:MAX_TEXT]
    if failing.kind == "error":
        return replace(account, errors=account.errors + 1, why=why)
    if failing.kind == "overrun":
        return replace(account, overruns=account.overruns + 1, why=why)
    return replace(account, deaths=account.deaths + 1, why=why)


def _reached(moments: tuple[float, ...], most: int, now: float, account: Account) -> bool:
    return most > 0 and sum(moment > now - account.rules.within_s for moment in moments) >= most


def _put_away(account: Account, failing: Failing) -> Account:
    lasts_s = min(account.rules.lasts_s * 2.0**min(account.times, 16), max(LONGEST_S, account.rules.lasts_s))
    until = float("inf") if failing.is_at_boot else failing.now + lasts_s
    return replace(account, since=failing.now, until=until, times=account.times + 1, strikes=(), failures=())
