"""Writes down what is installed and what a probe found: the making of a lock.

    lock, problems = pinned(jobs, verdicts)
"""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate
from krakpy.extension.dependencies import Dependencies
from krakpy.extension.integrity import UnknownContent, changes, content_of, shadows
from krakpy.extension.lock import Distribution, Extension, Lock, Pinned, Tried
from krakpy.extension.locking import key_of, name_of, version_of
from krakpy.extension.probe import Job, Verdict
from krakpy.extension.remembering import digests_of, facts_of, where_of


def pinned(jobs: Iterable[Job], verdicts: Iterable[Verdict]) -> tuple[Lock, tuple[Problem, ...]]:
    """The lock of what was tried, and everything that keeps it from being written."""
    making = _Making()
    for job, verdict in zip(jobs, verdicts, strict=True):
        making.add(job, verdict)
    return Lock(distributions=dict(sorted(making.entries.items()))), tuple(dict.fromkeys(making.problems))


class _Making:
    """Pins each distribution once."""

    def __init__(self) -> None:
        self.entries: dict[str, Distribution] = {}
        self.problems: list[Problem] = []
        self._dependencies = Dependencies()

    def add(self, job: Job, verdict: Verdict) -> None:
        """One extension with its distribution, and what that needs."""
        candidate, key = job.candidate, key_of(job.candidate)
        self.problems += verdict.problems
        if key not in self.entries:
            self.entries[key] = self._distribution(candidate)
        self.entries[key].extensions[name_of(candidate)] = _extension(job, verdict)

    def _distribution(self, candidate: Candidate) -> Distribution:
        folder = Path(candidate.location)
        found = self._dependencies.of(candidate)
        needs = {name: Pinned(version=version_of(of), record=self._record(of, name)) for name, of in found.items()}
        record = self._record(folder, candidate.distribution, may_be_editable=True)
        version = version_of(folder)
        return Distribution(version=version, record=record, editable=not record, needs=needs, extensions={})

    def _record(self, folder: Path, name: str, *, may_be_editable: bool = False) -> str:
        """The digest of what is there; empty where nothing can be pinned."""
        try:
            content = content_of(folder)
        except UnknownContent as error:
            self._cannot(name, f"{name} cannot be pinned: {error}", f"pip install --force-reinstall {name}")
            return ""
        if content.is_editable:
            if not may_be_editable:
                self._cannot(name, f"{name} is installed from a folder that is edited (pip install -e)")
            return ""
        for change in (*changes(folder, content), *shadows(folder, content)):
            remedy = f"pip install --force-reinstall {name}"
            self.problems.append(Problem(Code.ALTERED, name, f"{name} is not what its RECORD says: {change}", remedy))
        return content.digest

    def _cannot(self, name: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(Code.UNPINNED, name, message, remedy))


def _extension(job: Job, verdict: Verdict) -> Extension:
    uses = sorted(digests_of(job))
    tried = Tried(outcome="warned" if verdict.warnings else "good", where=where_of(job.candidate), uses=uses)
    target, settings = job.candidate.target, dict(verdict.settings)
    return Extension(target=target, facts=facts_of(verdict), settings=settings, probe=tried)
