"""Memory that the master and all workers share: how every instance stands, and who is running what at this moment.

    ledger = Ledger.create()                # before the fork; or Ledger.at(path), by whoever comes
    index = ledger.enrol(account)
    ledger.states[index]                    # seen by everybody at once
    state, account = ledger.change(index, lambda state, account: failed(state, account, failing))

A process that dies while it writes leaves what was there before; a lock that it held is free.
"""
from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol, Self, cast

import msgspec

from krakpy.extension.quarantine import Account, Standing, State

#: instances of one node over its whole life, and workers at one time
INSTANCES, WORKERS = 512, 128
#: room for one account
ACCOUNT_BYTES = 4096
#: the numbers of a worker's slot: its pid, what it runs, and since when
PID, WHO, SINCE, SLOT = 0, 1, 2, 4
NOBODY = -1.0

_STATES = 0
_HALVES = _STATES + INSTANCES
_SLOTS = 4096
_ACCOUNTS = _SLOTS + 8 * WORKERS * SLOT
_TALLIES = _ACCOUNTS + 2 * INSTANCES * ACCOUNT_BYTES
#: calls and seconds of each instance, for each worker
_TALLY = 2 * INSTANCES
_SIZE = _TALLIES + 8 * WORKERS * _TALLY
_TRIES = 200

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Account).decode


class Cells(Protocol):
    """Numbers in a row, such as a `memoryview` or a list has."""

    def __getitem__(self, index: int, /) -> float: ...

    def __setitem__(self, index: int, value: float, /) -> None: ...


class Page(NamedTuple):
    """What one worker writes, and others read."""

    slot: Cells
    """Its pid, the number of the instance that it runs, and since when."""
    tallies: Cells
    """Calls and seconds of each instance."""

    def tally(self, index: int) -> tuple[int, float]:
        """Calls of an instance, and the seconds that they took."""
        return int(self.tallies[2 * index]), self.tallies[2 * index + 1]


class Ledger:
    """The memory. It takes the place that is written to, and no more."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        if os.fstat(descriptor).st_size < _SIZE:
            os.truncate(descriptor, _SIZE)
        self._memory = mmap.mmap(descriptor, _SIZE)
        whole = memoryview(self._memory)
        #: the state of each instance; one byte, so that nobody ever sees half of it
        self.states = whole[_STATES : _STATES + INSTANCES]
        self._halves = whole[_HALVES : _HALVES + INSTANCES]
        self._slots = whole[_SLOTS:_ACCOUNTS].cast("d")
        self._tallies = whole[_TALLIES:_SIZE].cast("d")

    @classmethod
    def create(cls) -> Self:
        """New memory, for this process and those that it forks."""
        if hasattr(os, "memfd_create"):
            return cls(os.memfd_create("krakpy-ledger"))
        with tempfile.TemporaryFile() as file:
            return cls(os.dup(file.fileno()))

    @classmethod
    def at(cls, path: str) -> Self:
        """The memory in a file, for everybody who knows its path."""
        return cls(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def enrol(self, account: Account) -> int:
        """The number of an instance, old or new, with its rules as they are now; -1 when there is no room left."""
        with self._locked():
            for index in range(INSTANCES):
                if self.states[index] == State.FREE:
                    self._write(index, State.ACTIVE, account)
                    return index
                known = self._read(index)
                if known is not None and known.key == account.key:
                    fresh = msgspec.structs.replace(
                        known, rules=account.rules, limit_s=account.limit_s, place=account.place
                    )
                    self._write(index, State(self.states[index]), fresh)
                    return index
        return -1

    def account(self, index: int) -> Account | None:
        """What is known of an instance."""
        return self._read(index) if 0 <= index < INSTANCES and self.states[index] != State.FREE else None

    def accounts(self) -> list[tuple[int, State, Account]]:
        """All instances."""
        found = ((index, self.account(index)) for index in range(INSTANCES) if self.states[index] != State.FREE)
        return [(index, State(self.states[index]), account) for index, account in found if account is not None]

    def change(self, index: int, change: Callable[[State, Account], Standing]) -> tuple[State, State, Account] | None:
        """Change how an instance stands; its state before, and how it stands now."""
        with self._locked():
            before, account = State(self.states[index]), self._read(index)
            if account is None:
                return None
            after, account = change(before, account)
            self._write(index, after, account)
        return before, after, account

    def claim(self, pid: int) -> Page | None:
        """The page of a worker; None when there are too many."""
        with self._locked():
            known = self.page_of(pid)
            free = (self._page(number) for number in range(WORKERS) if not self._slots[number * SLOT + PID])
            page = known or next(free, None)
            if page is not None:
                for number in range(_TALLY):
                    page.tallies[number] = 0.0
                page.slot[WHO], page.slot[PID] = NOBODY, pid
        return page

    def pages(self) -> Iterator[Page]:
        """The pages of all workers."""
        return (self._page(number) for number in range(WORKERS) if self._slots[number * SLOT + PID])

    def page_of(self, pid: int) -> Page | None:
        """The page of a worker, if it has one."""
        return next((page for page in self.pages() if page.slot[PID] == pid), None)

    def free(self, page: Page) -> None:
        """Give up the page of a worker that is gone; what it counted goes to the accounts."""
        for index, _, _ in self.accounts():
            calls, seconds = page.tally(index)
            if calls:
                self.change(index, _adding(calls, seconds))
        page.slot[PID] = 0

    def _page(self, number: int) -> Page:
        slot, tallies = number * SLOT, number * _TALLY
        parts = self._slots[slot : slot + SLOT], self._tallies[tallies : tallies + _TALLY]
        return Page(*cast("tuple[Cells, Cells]", parts))

    def _read(self, index: int) -> Account | None:
        start = _ACCOUNTS + (2 * index + self._halves[index]) * ACCOUNT_BYTES
        size = int.from_bytes(self._memory[start : start + 4], "little")
        try:
            return _decode(self._memory[start + 4 : start + 4 + size])
        except msgspec.DecodeError:
            return None

    def _write(self, index: int, state: State, account: Account) -> None:
        # NOTE: into the half that nobody reads; whoever dies before the last step has changed nothing
        content, half = _encode(account), 1 - self._halves[index]
        start = _ACCOUNTS + (2 * index + half) * ACCOUNT_BYTES
        self._memory[start : start + 4 + len(content)] = len(content).to_bytes(4, "little") + content
        self._halves[index] = half
        self.states[index] = state

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone, as a rule: whoever holds the lock for long is stopped, and a lost count is better than waiting.

        NOTE: such a lock is a process's own although the descriptor is shared, and ends with the process.
        """
        is_held = any(_is_locked(self._descriptor) for _ in range(_TRIES))
        try:
            yield
        finally:
            if is_held:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN)


def _adding(calls: int, seconds: float) -> Callable[[State, Account], Standing]:
    def added(state: State, account: Account) -> Standing:
        changed = msgspec.structs.replace(account, calls=account.calls + calls, seconds=account.seconds + seconds)
        return state, changed

    return added


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.sched_yield()
        return False
    return True
