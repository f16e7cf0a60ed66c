"""The places that wait for a worker: one whose worker served is filled at once, one where they die is filled patiently.

    vacancies.add(Past(failures=1), time.monotonic())
    for past in vacancies.due(missing=1, now=time.monotonic()): ...

Pure: nothing here knows processes or clocks.
"""
from __future__ import annotations

from typing import NamedTuple

BACKOFF_FIRST_S = 0.1
BACKOFF_MOST_S = 30.0


class Death(NamedTuple):
    """How a worker ended that nobody had dismissed."""

    pid: int
    at: float
    """Seconds since the epoch."""
    exit_code: int | None
    signal: str | None
    was_ready: bool


class Past(NamedTuple):
    """What happened in a place before its worker of today."""

    failures: int = 0
    """How many workers died in a row before they were ready."""
    restarts: int = 0
    """How often it got another worker."""
    death: Death | None = None
    """The last one."""


class Vacancy(NamedTuple):
    """A place that waits for a worker."""

    past: Past
    due_at: float

    @property
    def prospects(self) -> tuple[int, float]:
        """Sorts the better ones first."""
        return self.past.failures, self.due_at


class Vacancies:
    """The places that wait for a worker. Times are seconds of any one clock."""

    def __init__(self) -> None:
        self._places: list[Vacancy] = []

    def add(self, past: Past, now: float) -> None:
        """Note a place whose worker is gone."""
        self._places.append(Vacancy(past, now + backoff_s(past.failures)))

    def due(self, missing: int, now: float) -> list[Past]:
        """The past of each place that may be filled now, when that many workers are missing; they wait no more."""
        places = self._wanted(missing)
        places += [Vacancy(Past(), now)] * (missing - len(places))
        self._places = [place for place in places if place.due_at > now]
        return [place.past for place in places if place.due_at <= now]

    def wait_s(self, missing: int, now: float, most_s: float) -> float:
        """How long nothing has to be done here, at most `most_s`."""
        return max(0.0, min([most_s, *(place.due_at - now for place in self._wanted(missing))]))

    def _wanted(self, missing: int) -> list[Vacancy]:
        """The places with the best prospects; the others are of workers that nobody misses any more."""
        return sorted(self._places, key=lambda place: place.prospects)[: max(0, missing)]


def backoff_s(failures: int) -> float:
    """How long a place stays empty after so many failures in a row."""
    return min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2.0 ** min(failures - 1, 30)) if failures else 0.0
