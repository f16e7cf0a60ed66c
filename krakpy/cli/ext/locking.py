"""What `krakpy ext lock` and `ext verify` look at: what a configuration would import, and what a lock says of it.

    plan_lock(settings, catalog).lock.text
    list(verified(read_lock("krakpy.lock"), settings, catalog))
"""
from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from krakpy.cli.ext.mending import mended
from krakpy.cli.ext.uses import unspoken
from krakpy.codes import Code
from krakpy.config.settings import ServiceSettings
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.environments import survey
from krakpy.extension.gates import SWITCHES
from krakpy.extension.jobs import jobs_of
from krakpy.extension.lock import NAME, Distribution, Lock
from krakpy.extension.locking import LockGate, key_of, name_of
from krakpy.extension.pinning import pinned
from krakpy.extension.preparing import plan
from krakpy.extension.probe import Job, probe


@dataclass(frozen=True, slots=True)
class Planned:
    """A lock, and why it cannot be written."""

    lock: Lock
    problems: tuple[Problem, ...]


def path_of(path: str | None, settings: ServiceSettings | None, output: str | None) -> str:
    """Where the lock is: where the command line says, else the configuration, else beside that."""
    if output:
        return output
    if settings and settings.plugin and settings.plugin.lock:
        return settings.plugin.lock
    return str(Path(path).parent / NAME) if path else NAME


def plan_lock(settings: ServiceSettings | None, catalog: Catalog, *, editable: bool = False) -> Planned:
    """The lock of what a configuration uses, or of everything of third parties that is installed; children try it."""
    jobs, refused = _wanted(settings, catalog)
    verdicts = probe(jobs) if not refused else ()
    lock, problems = pinned(jobs, verdicts) if not refused else (Lock(), ())
    told = [mended(problem, verdict.candidate) for verdict in verdicts for problem in verdict.problems]
    told += [problem for problem in problems if problem not in {p for v in verdicts for p in v.problems}]
    if not editable:
        told += [_edited(name) for name, entry in lock.distributions.items() if entry.editable]
    return Planned(lock, tuple(dict.fromkeys((*refused, *told))))


def verified(lock: Lock, settings: ServiceSettings | None, catalog: Catalog) -> Iterator[tuple[str, list[Problem]]]:
    """Each distribution of a lock, and everything in which it differs; then what a configuration uses beyond it."""
    gate = LockGate(lock)
    for key, entry in lock.distributions.items():
        found = next((candidate for candidate in _all(key, catalog) if key_of(candidate) == key), None)
        problems = [_gone(key, entry)] if found is None else list(gate.problems(found, entry))
        problems += [_unpinned(key)] if found is not None and entry.editable else []
        yield key, [replace(problem, place=key) for problem in problems]
    for candidate in _unlisted(lock, settings, catalog):
        message = f"the configuration uses {candidate.id}, which is not in the lock file"
        yield key_of(candidate), [Problem(Code.UNLISTED, key_of(candidate), message)]


def open_gates() -> dict[str, str]:
    """The environment with its gate open: what is used is one question, whether it may load now is another."""
    return {**os.environ, SWITCHES[0]: "1"}


def without_lock(settings: ServiceSettings) -> ServiceSettings:
    """The settings as if they named no lock."""
    plugin = settings.plugin and msgspec.structs.replace(settings.plugin, lock="")
    return msgspec.structs.replace(settings, plugin=plugin)


def _wanted(settings: ServiceSettings | None, catalog: Catalog) -> tuple[list[Job], list[Problem]]:
    if settings is None:
        strangers = (candidate for candidate in catalog.candidates if not candidate.is_first_party)
        return [Job(candidate) for candidate in strangers if not unspoken(candidate, catalog)], []
    planned, refused = plan(without_lock(settings), environ=open_gates(), catalog=catalog)
    asked = [admission for admission in planned.admissions if not admission.candidate.is_first_party]
    jobs = jobs_of(asked, settings.plugin, planned.offers())
    return jobs, [problem for problem in refused if problem.severity == "error"]


def _unlisted(lock: Lock, settings: ServiceSettings | None, catalog: Catalog) -> Iterator[Candidate]:
    for job in _wanted(settings, catalog)[0] if settings else ():
        entry = lock.distributions.get(key_of(job.candidate))
        if entry is None or name_of(job.candidate) not in entry.extensions:
            yield job.candidate


def _all(key: str, catalog: Catalog) -> tuple[Candidate, ...]:
    """The candidates of the environment that a key of a lock names."""
    _, _, python = key.partition(" @ ")
    return survey(python).catalog.candidates if python else catalog.candidates


def _gone(key: str, entry: Distribution) -> Problem:
    name, _, python = key.partition(" @ ")
    pip = f"{python} -m pip" if python else "pip"
    return Problem(Code.ALTERED, key, f"{key} is not installed", f"{pip} install {name}=={entry.version}")


def _edited(name: str) -> Problem:
    message = f"{name} is installed from a folder that is edited (pip install -e): its code cannot be pinned"
    remedy = "pip install it from a wheel; or, to lock its name alone: krakpy ext lock --editable"
    return Problem(Code.UNPINNED, name, message, remedy)


def _unpinned(name: str) -> Problem:
    return Problem(Code.UNPINNED, name, f"{name} is editable: its code is not pinned", severity="warning")
