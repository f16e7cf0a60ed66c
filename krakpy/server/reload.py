"""One attempt to take over a new configuration: checked, rehearsed and booted before anything is given up for it.

    checking     a child reads and checks the configuration and tries its extensions
    rehearsing   a child builds every route as a worker would
    booting      workers of the new generation start beside the old ones; all must become ready

Whatever goes wrong, the outcome says why, and the workers that served before serve on.
"""
from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.server.errand import Errand, Result
from krakpy.server.generation import Generation, Refusal, Source

CHECK_WITHIN_S = 60.0
REHEARSE_WITHIN_S = 45.0
#: a configuration may be wrong in thousands of places; who reads the outcome gets the first of them
MOST_PROBLEMS = 50
_REHEARSAL_BYTES = 1024 * 1024

Phase = Literal["checking", "rehearsing", "booting"]
Send = Callable[..., Errand]
"""Starts an errand: `send(work, within_s=…)`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How an attempt ended."""

    number: int
    by: tuple[str, ...]
    """Who asked: `SIGHUP`, `control`."""
    at: float
    """When it ended, in seconds since the epoch."""
    took_s: float
    phase: Phase
    """How far it came."""
    generation: int
    """The one that serves after it."""
    problems: tuple[Problem, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the new configuration is the one that serves."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """What `krakpy status` and `krakpy reload` show of it."""
        return {
            "number": self.number,
            "ok": self.is_good,
            "by": list(self.by),
            "at": self.at,
            "took_s": round(self.took_s, 3),
            "phase": self.phase,
            "generation": self.generation,
            "problems": [problem.as_dict() for problem in self.problems[:MOST_PROBLEMS]],
            "more_problems": max(0, len(self.problems) - MOST_PROBLEMS),
        }


class Reload:
    """An attempt under way. It decides; errands and workers are run by the master."""

    def __init__(self, number: int, by: Iterable[str], source: Source, running: Generation, send: Send) -> None:
        self.number = number
        #: no other attempt's workers have this number, so that those of a refused one can never be taken for its
        self.generation = number + 1
        self.by = tuple(by)
        self.started_at = time.monotonic()
        self.phase: Phase = "checking"
        self.next: Generation | None = None
        self._source = source
        self._running = running
        self._send = send
        self._errand: Errand | None = None

    def begin(self) -> None:
        """Take the first step; Refusal if even that cannot be done."""
        self._errand = self._send(self._source.read, within_s=CHECK_WITHIN_S)

    def advance(self, now: float) -> bool:
        """Take the next step if the present one is done; whether there was one. Refusal ends the attempt."""
        result = self._errand.result(now) if self._errand is not None else None
        if result is None:
            return False
        self._errand = None
        if self.phase == "checking":
            self._checked(result)
        else:
            self._rehearsed(result)
        return True

    def due_at(self) -> float:
        """When `advance` has to be called at the latest."""
        return self._errand.due_at if self._errand is not None else float("inf")

    def abandon(self) -> Errand | None:
        """Give up; the errand that was under way, if there was one, is to be ended."""
        errand, self._errand = self._errand, None
        return errand

    def leave(self) -> None:
        """In a child: the errand is the parent's."""
        if self._errand is not None:
            self._errand.leave()

    def outcome(self, generation: int, problems: tuple[Problem, ...] = ()) -> Outcome:
        """How it ended."""
        return Outcome(
            number=self.number,
            by=self.by,
            at=time.time(),
            took_s=time.monotonic() - self.started_at,
            phase=self.phase,
            generation=generation,
            problems=problems,
        )

    def _checked(self, result: Result) -> None:
        if result.failure:
            raise Refusal((failed(f"the check of the configuration {result.failure}"),))
        self.next = self._source.generation(result.content, self._running)
        self.phase = "rehearsing"
        rehearse = self.next.rehearse
        self._errand = self._send(
            lambda: told(rehearse()), within_s=REHEARSE_WITHIN_S, most_bytes=_REHEARSAL_BYTES
        )

    def _rehearsed(self, result: Result) -> None:
        if result.failure:
            raise Refusal((failed(f"the rehearsal of a worker {result.failure}"),))
        problems = heard(result.content)
        if problems:
            raise Refusal(problems)
        self.phase = "booting"


def failed(message: str) -> Problem:
    """A reason that is not in the file."""
    return Problem(Code.RELOAD_FAILED, "", message)


def told(problems: Iterable[Problem]) -> bytes:
    """Problems as a child sends them.

    SECURITY: text, not objects: third-party code ran where they come from, and a pickle could run it in the master.
    """
    return json.dumps([(p.code.name, p.place, p.message, p.remedy) for p in problems]).encode()


def heard(content: bytes) -> tuple[Problem, ...]:
    """The problems that a child sent; what is none counts as one."""
    try:
        return tuple(
            Problem(Code[name], str(place), str(said), str(what)) for name, place, said, what in json.loads(content)
        )
    except (ValueError, KeyError, TypeError):
        return (failed("the rehearsal of a worker said nothing that can be understood"),)
