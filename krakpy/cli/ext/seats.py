"""The order of every seat, resolved as a worker resolves it, without importing what third parties wrote.

    found, problems = seats(read_catalog(), settings)
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from krakpy.cli.ext.inventory import uses_of
from krakpy.cli.ext.mending import mended
from krakpy.cli.ext.verdicts import probed
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.contracts import CONTRACTS
from krakpy.extension.needs import needs_of
from krakpy.extension.ordering import Position, ordered

SEATS = ("server", "router", "endpoint", "backend", "client")


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


def seats(catalog: Catalog, settings: ServiceSettings | None) -> tuple[tuple[Seat, ...], tuple[Problem, ...]]:
    """Every seat, and what could not be placed: a third party's that cannot be asked, a circle."""
    middlewares = [candidate for candidate in catalog.candidates if candidate.family in SEATS]
    own = [candidate for candidate in middlewares if candidate.distribution == "krakpy"]
    steps, problems = _asked(_foreign(middlewares, catalog, settings), catalog, settings)
    steps += [(candidate.family, _own(candidate)) for candidate in own]
    found = []
    for family in SEATS:
        seat, circle = _ordered(family, [step for of, step in steps if of == family])
        found.append(seat)
        problems += circle
    return tuple(found), tuple(problems)


def _foreign(middlewares: Iterable[Candidate], catalog: Catalog, settings: ServiceSettings | None) -> Iterator[Candidate]:
    """Third parties' middlewares: those that the configuration uses, or all without one."""
    used = uses_of(needs_of(settings)[0], catalog, settings.plugin) if settings else None
    for candidate in middlewares:
        is_used = used is None or (candidate.entry_point.group, candidate.id) in used
        if candidate.distribution != "krakpy" and is_used:
            yield candidate


def _asked(
    candidates: Iterable[Candidate], catalog: Catalog, settings: ServiceSettings | None
) -> tuple[list[tuple[str, Step]], list[Problem]]:
    steps, problems = [], []
    for verdict in probed(candidates, settings, catalog):
        candidate = verdict.candidate
        if verdict.is_good:
            steps.append((candidate.family, Step(candidate.name, candidate.id, verdict.inside, verdict.outside)))
        problems += [mended(problem, candidate) for problem in verdict.problems]
    return steps, problems


def _own(candidate: Candidate) -> Step:
    """What one of krakpy's own classes says: the only code that is imported here."""
    loaded = candidate.entry_point.load()
    return Step(candidate.name, candidate.id, tuple(getattr(loaded, "inside", ())), tuple(getattr(loaded, "outside", ())))


def _ordered(family: str, steps: list[Step]) -> tuple[Seat, tuple[Problem, ...]]:
    by_name = {step.name: step for step in steps}
    try:
        names = ordered(Position(step.name, step.inside, step.outside) for step in steps)
    except ConfigurationError as error:
        return Seat(family, ()), error.problems
    return Seat(family, tuple(by_name[name] for name in names)), ()
