"""The order of every seat, resolved as a worker resolves it, without importing what third parties wrote.

    verdicts = probed(foreign(catalog, settings), settings, catalog)
    found, problems = seats(catalog, verdicts)
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from shlex import quote

from krakpy.cli.ext.mending import mended
from krakpy.cli.ext.uses import key_of, uses_of
from krakpy.codes import Code
from krakpy.config.settings import ServiceSettings
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.contracts import CONTRACTS
from krakpy.extension.driver_needs import asked_of
from krakpy.extension.probe import Verdict
from krakpy.extension.seating import SEATS, is_own, seated


@dataclass(frozen=True, slots=True)
class Step:
    """One middleware and what it says about its place."""

    name: str
    id: str
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """What it says, in words."""
        said = {"inside": self.inside, "outside": self.outside}
        return "; ".join(f"{relation} {', '.join(names)}" for relation, names in said.items() if names)

    def as_dict(self) -> dict[str, object]:
        """The step as `--json` has it."""
        return {"name": self.name, "id": self.id, "inside": list(self.inside), "outside": list(self.outside)}


@dataclass(frozen=True, slots=True)
class Seat:
    """The middlewares of one seat, outermost first."""

    family: str
    steps: tuple[Step, ...]

    @property
    def purpose(self) -> str:
        """What a middleware of this seat does."""
        return CONTRACTS[self.family].purpose


def seats(catalog: Catalog, verdicts: Iterable[Verdict]) -> tuple[tuple[Seat, ...], tuple[Problem, ...]]:
    """Every seat with krakpy's own and those that a probe asked, and what cannot be placed: a bad verdict, a circle."""
    steps, problems = _asked(verdicts)
    own = [candidate for candidate in catalog.candidates if is_own(candidate.id)]
    steps += [(candidate.family, _own(candidate)) for candidate in own if candidate.family in SEATS]
    found = []
    for family in SEATS:
        seat, circle = _ordered(family, [step for of, step in steps if of == family])
        found.append(seat)
        problems += circle
    return tuple(found), tuple(problems)


def foreign(catalog: Catalog, settings: ServiceSettings | None) -> Iterator[Candidate]:
    """Third parties' middlewares: those that the configuration uses, or all without one."""
    used = uses_of(asked_of(settings, catalog), catalog, settings.plugin) if settings else None
    for candidate in catalog.candidates:
        is_used = used is None or key_of(candidate) in used
        if candidate.family in SEATS and not is_own(candidate.id) and is_used:
            yield candidate


def _asked(verdicts: Iterable[Verdict]) -> tuple[list[tuple[str, Step]], list[Problem]]:
    steps, problems = [], []
    for verdict in verdicts:
        candidate = verdict.candidate
        if verdict.is_good:
            steps.append((candidate.family, Step(candidate.name, candidate.id, verdict.inside, verdict.outside)))
        problems += [mended(problem, candidate) for problem in verdict.problems]
    return steps, problems


def _own(candidate: Candidate) -> Step:
    """What one of krakpy's own classes says: the only code that is imported here."""
    loaded = candidate.entry_point.load()
    inside, outside = (tuple(getattr(loaded, relation, ())) for relation in ("inside", "outside"))
    return Step(candidate.name, candidate.id, inside, outside)


def _ordered(family: str, steps: list[Step]) -> tuple[Seat, tuple[Problem, ...]]:
    places, circling = seated({step.id: step for step in steps})
    placed = sorted((step for step in steps if step.id in places), key=lambda step: places[step.id])
    return Seat(family, tuple(placed)), tuple(_circle(id, family) for id in circling)


def _circle(id: str, family: str) -> Problem:
    message = f"its `inside` and `outside` in the {family} seat ask for a circle"
    return Problem(Code.ORDER, id, message, f"krakpy ext show {quote(id)} --probe")
