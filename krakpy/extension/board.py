"""A page of memory that the supervisor writes and every worker reads: which host is there, and what became of others.

    board = Board.create(path, slots=3)
    board.write(0, State.READY, pid=4711, restarts=2)
    Board.open(path).read(0).state
"""
from __future__ import annotations

import mmap
import os
import time
from enum import IntEnum
from struct import Struct
from typing import NamedTuple, Self

_ENTRY = Struct("<IIId")


class State(IntEnum):
    """How a slot is."""

    DOWN = 0
    """Nobody is there, and nobody is expected soon."""
    EXPECTED = 1
    """A host starts, or will within half a second: calls may wait for it."""
    READY = 2


class Entry(NamedTuple):
    """What the board says of one slot."""

    state: State
    pid: int
    restarts: int
    since: float
    """When the state began, in seconds of the monotonic clock."""


class Board:
    """One entry for each slot."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory

    @classmethod
    def create(cls, path: str, slots: int) -> Self:
        """A new board in a file, on which every host is expected."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.truncate(descriptor, max(1, slots) * _ENTRY.size)
            board = cls(mmap.mmap(descriptor, 0))
        finally:
            os.close(descriptor)
        for slot in range(slots):
            board.write(slot, State.EXPECTED)
        return board

    @classmethod
    def open(cls, path: str) -> Self:
        """The board in a file."""
        descriptor = os.open(path, os.O_RDWR)
        try:
            return cls(mmap.mmap(descriptor, 0))
        finally:
            os.close(descriptor)

    def write(self, slot: int, state: State, *, pid: int = 0, restarts: int = 0) -> None:
        """Say how a slot is."""
        _ENTRY.pack_into(self._memory, slot * _ENTRY.size, state, pid, restarts, time.monotonic())

    def read(self, slot: int) -> Entry:
        """How a slot is."""
        state, *rest = _ENTRY.unpack_from(self._memory, slot * _ENTRY.size)
        return Entry(State(state), *rest)

    def is_expected(self, slot: int) -> bool:
        """Whether a host is there or will be soon."""
        # PERF: the state's lowest byte alone
        return self._memory[slot * _ENTRY.size] != State.DOWN
