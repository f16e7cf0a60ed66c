"""The gate of a lock: before the first import it keeps out what is unlisted or altered.

    gate = gate_of(settings.plugin)
    gate.refusal(candidate)                 # Problem KX062: acme_geo/__init__.py has changed
"""
from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

from krakpy.codes import Code
from krakpy.config.model import Plugin
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate
from krakpy.extension.dependencies import Dependencies
from krakpy.extension.integrity import UnknownContent, changes, content_of, shadows
from krakpy.extension.lock import Distribution as Locked
from krakpy.extension.lock import Lock, LockError, Pinned, read_lock


class LockGate:
    """The gate of a lock: each distribution is looked at once."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._dependencies = Dependencies()
        self._answers: dict[tuple[str, str], Problem | None] = {}

    def refusal(self, candidate: Candidate) -> Problem | None:
        """Why a third party's extension is not what was locked; None if it is."""
        key = key_of(candidate)
        entry = self._lock.distributions.get(key)
        extension = entry.extensions.get(name_of(candidate)) if entry else None
        if entry is None or extension is None:
            return Problem(Code.UNLISTED, "", f"{candidate.id} is not in the lock file")
        if (key, candidate.location) not in self._answers:
            self._answers[key, candidate.location] = next(self.problems(candidate, entry), None)
        return self._answers[key, candidate.location]

    def pins(self, candidate: Candidate) -> dict[str, str]:
        """What has to be so whenever its code is imported: the digests of itself and of its needs, by their folders."""
        entry = self._lock.distributions.get(key_of(candidate))
        if entry is None:
            return {}
        folders = {**self._dependencies.of(candidate), candidate.distribution: Path(candidate.location)}
        pinned = {**{name: need.record for name, need in entry.needs.items()}, candidate.distribution: entry.record}
        return {str(folders[name]): record for name, record in pinned.items() if record and name in folders}

    def problems(self, candidate: Candidate, entry: Locked) -> Iterator[Problem]:
        """Everything in which a distribution, or what it needs, is not what was locked."""
        folder, who = Path(candidate.location), candidate.distribution
        yield from _differences(who, folder, entry, candidate, is_editable=entry.editable)
        found = self._dependencies.of(candidate)
        for name in sorted({*found, *entry.needs}):
            if name not in entry.needs:
                yield Problem(Code.UNLISTED, "", f"{who} needs {name}, which is not in the lock file")
            elif name not in found:
                yield _altered(f"{name}, which {who} needs, is not installed", candidate, name, entry.needs[name])
            else:
                yield from _differences(name, found[name], entry.needs[name], candidate)


class BrokenLock(LockGate):
    """The gate of a lock that cannot be used: nobody gets in."""

    def __init__(self, reason: str) -> None:
        super().__init__(Lock())
        self._reason = reason

    def refusal(self, candidate: Candidate) -> Problem:
        """Why nothing of third parties may load."""
        return Problem(Code.LOCK, "", f"{candidate.id} cannot be compared: {self._reason}")


def gate_of(plugin: Plugin | None) -> LockGate | None:
    """The gate of the lock that a configuration names; None if it names none."""
    if plugin is None or not plugin.lock:
        return None
    try:
        return LockGate(read_lock(plugin.lock))
    except LockError as error:
        return BrokenLock(str(error))


def key_of(candidate: Candidate) -> str:
    """How a lock calls the distribution of a candidate."""
    return f"{candidate.distribution} @ {candidate.python}" if candidate.python else candidate.distribution


def name_of(candidate: Candidate) -> str:
    """How a lock calls an extension: `krakpy.hooks.v1/geo`."""
    return f"{candidate.entry_point.group}/{candidate.name}"


def version_of(folder: Path) -> str:
    """The version of a distribution as the folder of its metadata has it: `acme_geo-1.2.dist-info`."""
    told = folder.name.removesuffix(".dist-info").removesuffix(".egg-info").partition("-")[2]
    # NOTE: the folder of a source tree says nothing; only what krakpy itself is developed from is looked at there
    return told or str(Distribution.at(folder).metadata["Version"] or "unknown")


def _differences(
    name: str, folder: Path, locked: Pinned, candidate: Candidate, *, is_editable: bool = False
) -> Iterator[Problem]:
    found = version_of(folder)
    if found != locked.version:
        yield _altered(f"{name} {found} is installed, and {locked.version} is locked", candidate, name, locked)
        return
    try:
        content = content_of(folder)
    except UnknownContent as error:
        yield Problem(Code.UNPINNED, "", f"{name} {locked.version} cannot be compared with the lock: {error}")
        return
    if content.is_editable or is_editable:
        if content.is_editable != is_editable:
            yield _altered(f"{name} is installed in another way than it was locked", candidate, name, locked)
        return
    if content.digest != locked.record:
        message = f"{name} {locked.version} is another build than the one that is locked: its RECORD differs"
        yield _altered(message, candidate, name, locked)
    told = [*changes(folder, content), *([] if candidate.python else shadows(folder, content))]
    for change in told:
        yield _altered(f"{name} {locked.version}: {change}", candidate, name, locked)


def _altered(message: str, candidate: Candidate, name: str, locked: Pinned) -> Problem:
    pip = f"{candidate.python} -m pip" if candidate.python else "pip"
    return Problem(Code.ALTERED, "", message, f"{pip} install --force-reinstall --no-deps {name}=={locked.version}")
