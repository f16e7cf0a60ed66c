"""What `krakpy ext doctor` knows: the problems of metadata, names, gates, probes and the configuration in one list.

    diagnose("krakend.json").problems
"""
from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from krakpy.cli.ext.inventory import Entry, Inventory, take
from krakpy.cli.ext.living import told_by
from krakpy.cli.ext.mending import mended, reinstalled
from krakpy.cli.ext.seats import seats
from krakpy.cli.ext.states import Explained, explained
from krakpy.cli.ext.verdicts import probed
from krakpy.codes import Code
from krakpy.config.loading import load
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.catalog import Candidate, Catalog, read_catalog
from krakpy.extension.gates import SWITCHES
from krakpy.extension.preparing import plan
from krakpy.extension.probe import Verdict
from krakpy.extension.seating import SEATS, is_own

#: SECURITY: what the operator excluded is not even tried; what speaks another contract could only fail
_NOT_TRIED = (Code.NOT_ALLOWED, Code.SDK_RANGE, Code.UNLISTED, Code.ALTERED, Code.UNPINNED, Code.LOCK)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was examined and what is wrong with it."""

    problems: tuple[Problem, ...]
    probed: tuple[str, ...]
    """The ids that were tried."""
    states: tuple[Explained, ...] = ()
    """How each extension is that was examined."""

    @property
    def is_well(self) -> bool:
        """Whether there is no error; warnings may be there."""
        return not any(problem.severity == "error" for problem in self.problems)


def diagnose(
    path: str | None, *, environ: Mapping[str, str] | None = None, catalog: Catalog | None = None
) -> Diagnosis:
    """The diagnosis of what a configuration uses, or of everything that is installed."""
    environ = os.environ if environ is None else environ
    catalog = catalog or read_catalog()
    settings, problems = _read(path, environ)
    inventory = take(catalog, settings, environ)
    verdicts = probed(_tried(inventory, settings), settings, catalog)
    refusals = _refused(settings, environ, catalog) if settings else _of_installation(inventory)
    told = [*problems, *map(reinstalled, catalog.problems), *refusals, *_of_probes(verdicts, catalog)]
    told += _alive(path, environ, told) if path else []
    inventory = take(catalog, settings, environ, verdicts)
    states = tuple(explained(entry) for entry in inventory.entries if _is_examined(entry, settings))
    return Diagnosis(tuple(dict.fromkeys(told)), tuple(verdict.candidate.id for verdict in verdicts), states)


def _alive(path: str, environ: Mapping[str, str], known: Iterable[Problem]) -> list[Problem]:
    """What the gateway says that serves the file now, and nobody else has said."""
    said = {(problem.code, problem.message) for problem in known}
    return [problem for problem in told_by(path, environ) if (problem.code, problem.message) not in said]


def _is_examined(entry: Entry, settings: ServiceSettings | None) -> bool:
    is_asked_for = entry.uses if settings else entry.candidate is not None
    return bool(is_asked_for) and not is_own(entry.id)


def _read(path: str | None, environ: Mapping[str, str]) -> tuple[ServiceSettings | None, tuple[Problem, ...]]:
    if not path:
        return None, ()
    try:
        loaded = load(path, environ)
    except ConfigurationError as error:
        return None, error.problems
    return loaded.settings, loaded.problems


def _tried(inventory: Inventory, settings: ServiceSettings | None) -> Iterator[Candidate]:
    for entry in inventory.entries:
        if entry.candidate and (entry.uses or not settings) and _may_be_tried(entry):
            yield entry.candidate


def _may_be_tried(entry: Entry) -> bool:
    is_excluded = entry.reason is not None and entry.reason.code in _NOT_TRIED
    return entry.state != "off" and not is_excluded and not is_own(entry.id)


def _refused(settings: ServiceSettings, environ: Mapping[str, str], catalog: Catalog) -> Iterable[Problem]:
    """Why a configuration does not start."""
    return plan(settings, environ=environ, catalog=catalog)[1]


def _of_installation(inventory: Inventory) -> Iterator[Problem]:
    """What would go wrong for any configuration: contracts that are not spoken, names that two distributions offer."""
    reasons = [entry.reason for entry in inventory.entries if entry.reason]
    yield from (reason for reason in reasons if reason.code is Code.SDK_RANGE)
    if any(reason.code is Code.GATE_CLOSED for reason in reasons):
        message = f"{SWITCHES[0]} is not set: no third-party code loads"
        yield Problem(Code.GATE_CLOSED, "the environment", message, f"export {SWITCHES[0]}=1", "warning")
    yield from _contested(inventory)


def _contested(inventory: Inventory) -> Iterator[Problem]:
    offers: dict[tuple[str, str], set[str]] = {}
    for entry in inventory.entries:
        if entry.candidate:
            offers.setdefault((entry.candidate.family, entry.candidate.name), set()).add(entry.id)
    for (family, name), ids in sorted(offers.items()):
        if len(ids) > 1:
            first = sorted(ids)[0]
            message = f"the {family} name {name!r} is offered by {' and by '.join(sorted(ids))}"
            yield Problem(Code.AMBIGUOUS, name, message, f"write {first!r}, or uninstall one of them", "warning")


def _of_probes(verdicts: tuple[Verdict, ...], catalog: Catalog) -> Iterator[Problem]:
    for verdict in verdicts:
        yield from (mended(problem, verdict.candidate) for problem in (*verdict.problems, *verdict.warnings))
    middlewares = [verdict for verdict in verdicts if verdict.candidate.family in SEATS]
    yield from seats(catalog, middlewares)[1]
