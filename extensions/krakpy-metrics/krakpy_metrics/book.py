"""Figures that a worker writes into memory that all workers of a gateway can read; they outlive it.

    book = Book(folder)
    series = book.series(("answers", "/users", "200"))
    series.add(0.012)
    read(folder)[("answers", "/users", "200")].count

Each process has two files: what its series are, a line each, and their figures, which are mapped into memory. Adding to
a series is adding to memory, without a lock: nobody else writes there.
"""
from __future__ import annotations

import contextlib
import fcntl
import json
import mmap
import os
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: upper ends of a series' buckets, in seconds or whatever it counts
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: count, sum, sum of squares, least and most, then the buckets, of which the last has no end
_WIDTH = 5 + len(BOUNDS) + 1
#: how many series a process may have
MAX_SERIES = 4096
Key = tuple[str, ...]
"""What is counted, as a few words."""

#: where what is too many is counted
TOO_MANY: Key = ("too many",)
#: the name under which those are that have ended
_PAST = "past"


class Series:
    """The figures of one thing that is counted."""

    __slots__ = ("_at", "_figures")

    def __init__(self, figures: memoryview[float], at: int) -> None:
        self._figures = figures
        self._at = at

    def add(self, value: float) -> None:
        """Count one more, that took or has so much."""
        figures, at = self._figures, self._at
        count = figures[at] = figures[at] + 1
        figures[at + 1] += value
        figures[at + 2] += value * value
        if count == 1 or value < figures[at + 3]:
            figures[at + 3] = value
        if value > figures[at + 4]:
            figures[at + 4] = value
        figures[at + 5 + bisect_left(BOUNDS, value)] += 1

    def count(self) -> None:
        """Count one more, of which nothing else is known."""
        self._figures[self._at] += 1


@dataclass
class Figures:
    """What several processes have counted of one thing."""

    count: float = 0
    total: float = 0
    squares: float = 0
    least: float = 0
    most: float = 0
    buckets: list[float] = field(default_factory=lambda: [0.0] * (len(BOUNDS) + 1))

    def add(self, figures: list[float]) -> None:
        """Those of one more process."""
        count, total, squares, least, most, *buckets = figures
        if count:
            self.least = min(self.least, least) if self.count else least
        self.count += count
        self.total += total
        self.squares += squares
        self.most = max(self.most, most)
        self.buckets = [one + other for one, other in zip(self.buckets, buckets, strict=True)]

    def as_list(self) -> list[float]:
        """As a process writes them."""
        return [self.count, self.total, self.squares, self.least, self.most, *self.buckets]


class Book:
    """The series of this process."""

    def __init__(self, folder: str, *, most: int = MAX_SERIES, name: str = "") -> None:
        path = Path(folder, "metrics")
        path.mkdir(mode=0o700, exist_ok=True)
        self._most = most
        self._series: dict[Key, Series] = {}
        name = name or str(os.getpid())
        self._keys = path / f"{name}.keys"
        with (path / f"{name}.figures").open("w+b") as file:
            file.truncate(most * _WIDTH * 8)
            self._memory = mmap.mmap(file.fileno(), 0)
        self._figures = memoryview(self._memory).cast("d")
        self._keys.write_text("", "utf-8")

    def series(self, key: Key) -> Series:
        """The series with this name, which may be new."""
        found = self._series.get(key)
        return found if found is not None else self._new(key)

    def _new(self, key: Key) -> Series:
        if len(self._series) >= self._most - 1 and key != TOO_MANY:
            return self.series(TOO_MANY)
        made = self._series[key] = Series(self._figures, len(self._series) * _WIDTH)
        with self._keys.open("a", encoding="utf-8") as keys:
            keys.write(json.dumps(key) + "\n")
        return made

    def restore(self, key: Key, figures: list[float]) -> None:
        """Begin a series with what others have counted."""
        self.series(key)
        at = (len(self._series) - 1) * _WIDTH
        for place, figure in enumerate(figures, at):
            self._figures[place] = figure

    def close(self) -> None:
        """Write no more; the figures stay."""
        self._figures.release()
        self._memory.close()


def read(folder: str) -> dict[Key, Figures]:
    """What all processes have counted, those that have ended included."""
    found: dict[Key, Figures] = {}
    for path in sorted(Path(folder, "metrics").glob("*.keys")):
        for key, figures in _pages(path):
            found.setdefault(key, Figures()).add(figures)
    return found


def fold(folder: str) -> None:
    """Put the figures of processes that have ended into one place, so that there are never many files."""
    path = Path(folder, "metrics")
    path.mkdir(mode=0o700, exist_ok=True)
    with (path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = [keys for keys in path.glob("*.keys") if keys.stem != _PAST and not _is_alive(int(keys.stem))]
        if not ended:
            return
        sums: dict[Key, Figures] = {}
        for keys in (*path.glob(f"{_PAST}.keys"), *ended):
            for key, figures in _pages(keys):
                sums.setdefault(key, Figures()).add(figures)
        _replace(folder, sums)
        for keys in ended:
            keys.unlink()
            keys.with_suffix(".figures").unlink(missing_ok=True)


def _replace(folder: str, sums: dict[Key, Figures]) -> None:
    book = Book(folder, most=max(MAX_SERIES, len(sums) + 1), name=_PAST)
    for key, figures in sums.items():
        book.restore(key, figures.as_list())
    book.close()


def _pages(keys: Path) -> Iterator[tuple[Key, list[float]]]:
    # NOTE: a process may end, and another one fold it, between the two
    with contextlib.suppress(OSError):
        figures = list(memoryview(keys.with_suffix(".figures").read_bytes()).cast("d"))
        for index, line in enumerate(keys.read_text("utf-8").splitlines()):
            yield tuple(json.loads(line)), figures[index * _WIDTH : (index + 1) * _WIDTH]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
