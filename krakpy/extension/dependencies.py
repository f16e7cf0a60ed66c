"""What a distribution needs to run: the distributions of its own environment, told from metadata alone.

    Dependencies().of(candidate)    # {"maxminddb": Path(".../site-packages/maxminddb-2.6.2.dist-info")}
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from krakpy.extension.catalog import Candidate, first_party_distributions, folder_of, name_of

_PYTHON = re.compile(r"python(\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Node:
    """One distribution among those that another needs."""

    folder: Path
    """Its metadata."""
    needs: tuple[str, ...]
    """The names of what it needs itself and what is installed."""


class Dependencies:
    """Looks into each environment once."""

    def __init__(self) -> None:
        self._environments: dict[str, dict[str, Distribution]] = {}

    def of(self, candidate: Candidate) -> dict[str, Path]:
        """The folders of the metadata of everything that it needs, by name; krakpy's own are left out.

        What is not installed is left out too: whether that is missed the probe finds out.
        """
        own = frozenset() if candidate.python else first_party_distributions()
        found = self.graph(candidate, without=own | {candidate.distribution})
        return {name: node.folder for name, node in sorted(found.items()) if name != candidate.distribution}

    def graph(self, candidate: Candidate, *, without: frozenset[str] = frozenset()) -> dict[str, Node]:
        """Itself and everything that it needs, by name, each with what it needs in turn."""
        installed = self._installed(candidate)
        found: dict[str, Node] = {}
        waiting = [(candidate.distribution, frozenset[str]())]
        while waiting:
            name, extras = waiting.pop()
            if name in found or name not in installed:
                continue
            needed = _asked(_requires(installed[name]), extras, candidate)
            asked = [each for each in needed if each[0] in installed and each[0] not in without]
            found[name] = Node(folder_of(installed[name]), tuple(sorted({each[0] for each in asked})))
            waiting += asked
        return found

    def _installed(self, candidate: Candidate) -> dict[str, Distribution]:
        # NOTE: another environment is looked at in the folder where the extension lies, as its interpreter would
        site = str(Path(candidate.location).parent) if candidate.python else ""
        if site not in self._environments:
            seen = distributions(path=[site]) if site else distributions()
            # NOTE: of two with one name the first wins, as in import
            self._environments[site] = {name_of(item): item for item in reversed(list(seen))}
        return self._environments[site]


def python_of(candidate: Candidate) -> str:
    """The version of Python in an environment of its own (`3.12`), as its folder is called; empty if it is not told."""
    found = _PYTHON.search(candidate.location) if candidate.python else None
    return found[1] if found else ""


def _requires(distribution: Distribution) -> Iterable[str]:
    try:
        return distribution.requires or ()
    except Exception:  # noqa: BLE001  # foreign metadata may be wrong in any way; nothing follows from what is unreadable
        return ()


def _asked(
    requires: Iterable[str], extras: frozenset[str], candidate: Candidate
) -> Iterator[tuple[str, frozenset[str]]]:
    for text in requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or _holds(requirement.marker, extras, candidate):
            yield canonicalize_name(requirement.name), frozenset(requirement.extras)


def _holds(marker: Marker, extras: frozenset[str], candidate: Candidate) -> bool:
    version = python_of(candidate)
    environment = {"python_version": version, "python_full_version": f"{version}.0"} if version else {}
    return any(marker.evaluate({**environment, "extra": extra}) for extra in extras or {""})
