"""What is installed: every extension that a distribution advertises, read from metadata alone.

Each distribution is read inside a guard, so that one with malformed metadata is reported and costs nobody anything.
Nothing is imported here.
"""
from __future__ import annotations

import importlib.resources
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from krakpy.codes import Code
from krakpy.errors import Problem

_GROUP = re.compile(r"krakpy\.([a-z]+)\.v(\d+)")

#: how the name of a middleware ends that answers a namespace of the service, but stands in another seat
AT_SERVICE = "@service"
#: the seats where such a middleware can stand
_INNER_SEATS = ("router", "endpoint", "backend", "client")
#: the family of what is no extension: the Protocols of the drivers that packages ask for by name
OPENERS = "drivers"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One extension that an installed distribution advertises."""

    distribution: str
    version: str
    family: str
    major: int
    name: str
    entry_point: EntryPoint
    requires: tuple[str, ...] = ()
    is_first_party: bool = False
    python: str = ""
    """The interpreter in whose environment it is installed; empty: the gateway's own."""
    sdk: str = ""
    """The version of krakpy-sdk in that environment."""
    location: str = ""
    """The folder of its distribution's metadata."""

    @property
    def id(self) -> str:
        """`distribution/name`: the distribution ends at the first slash."""
        return f"{self.distribution}/{self.name}"

    @property
    def answers(self) -> str:
        """What is written where it is asked for: its name, for a middleware of the service without `@service`."""
        return self.name.removesuffix(AT_SERVICE) if self.family in _INNER_SEATS else self.name

    @property
    def slot(self) -> str:
        """Its family, and whether it answers what the service says: `router@service`."""
        return self.family if self.answers == self.name else f"{self.family}{AT_SERVICE}"

    @property
    def ids(self) -> tuple[str, str]:
        """Its id, with and without `@service`."""
        return self.id, f"{self.distribution}/{self.answers}"

    @property
    def written(self) -> tuple[str, ...]:
        """Everything that means it."""
        return self.name, self.answers, *self.ids

    @property
    def target(self) -> str:
        """Where it is: `module:attribute`."""
        return self.entry_point.value


@dataclass(frozen=True, slots=True)
class Catalog:
    """All candidates of an environment, and the distributions that could not be read."""

    candidates: tuple[Candidate, ...]
    problems: tuple[Problem, ...] = ()
    openers: tuple[Candidate, ...] = ()
    """The Protocols of the drivers that packages ask for by name; the name of each is the drivers' family."""

    def find(self, families: Iterable[str], name: str) -> tuple[Candidate, ...]:
        """Those that answer a name (`geo`) or a canonical id (`acme-geo/geo`) in one of the families.

        A family is `router` for what endpoints say, and `router@service` for what the service says.
        """
        families = tuple(families)
        # SECURITY: both at once, so that nobody takes over an id by giving its text to an entry point as a name
        return tuple(c for c in self.candidates if c.slot in families and name in c.written)

    def names(self, families: Iterable[str]) -> set[str]:
        """Every name that is offered in the families."""
        families = tuple(families)
        return {c.answers for c in self.candidates if c.slot in families}

    def opened(self, distribution: str) -> tuple[str, ...]:
        """The families of drivers that a distribution asks for by name."""
        return tuple(opener.name for opener in self.openers if opener.distribution == distribution)


def read_catalog(installed: Iterable[Distribution] | None = None) -> Catalog:
    """The catalog of this environment, or of these distributions; of two with one name the first wins, as in import."""
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    first_party = first_party_distributions()
    for distribution in distributions() if installed is None else installed:
        place = _folder(distribution)
        try:
            found = list(_candidates(distribution, first_party))
            name = found[0].distribution if found else name_of(distribution)
        except Exception as error:  # noqa: BLE001  # foreign metadata may be wrong in any way; only its own package pays
            problems.append(_malformed(place, f"{type(error).__name__}: {error}"))
            continue
        if found and name not in seen:
            candidates += found
            problems += _unversioned(found[0], place)
        seen.add(name)
    candidates.sort(key=lambda c: (c.family, c.id))
    extensions: list[Candidate] = []
    openers: list[Candidate] = []
    for candidate in candidates:
        (openers if candidate.family == OPENERS else extensions).append(candidate)
    return Catalog(tuple(extensions), tuple(problems), tuple(openers))


def first_party_distributions() -> frozenset[str]:
    """The exact distributions that krakpy ships: never a prefix, since anybody can publish `krakpy-something`."""
    return frozenset(_shipped()["distributions"])


def name_of(distribution: Distribution) -> str:
    """The name of a distribution as its folder has it; empty where its metadata are in no folder."""
    return canonicalize_name(_stem(_folder(distribution))[0])


def folder_of(distribution: Distribution) -> Path:
    """The folder that holds the metadata of a distribution; empty where they are in none."""
    # NOTE: the path of a distribution has no public name; without it a broken package could not be named
    return Path(str(getattr(distribution, "_path", "")))


def known_packages() -> dict[str, str]:
    """The package of krakpy's that answers a namespace, for the `pip install` line."""
    packages: dict[str, str] = _shipped()["namespaces"]
    return packages


def known_drivers() -> dict[str, dict[str, str]]:
    """The package of krakpy's that has a driver, by family and name, for the `pip install` line."""
    packages: dict[str, dict[str, str]] = _shipped()["drivers"]
    return packages


def _shipped() -> dict[str, Any]:
    text = importlib.resources.files("krakpy.extension").joinpath("first_party.json").read_text("utf-8")
    shipped: dict[str, Any] = json.loads(text)
    return shipped


def _candidates(distribution: Distribution, first_party: frozenset[str]) -> Iterator[Candidate]:
    ours = [(entry_point, match) for entry_point in distribution.entry_points if (match := _match(entry_point))]
    if not ours:
        return
    name, version, requires = _identity(distribution)
    location = str(folder_of(distribution))
    for entry_point, match in ours:
        yield Candidate(
            distribution=name,
            version=version,
            family=match[1],
            major=int(match[2]),
            name=entry_point.name,
            entry_point=entry_point,
            requires=requires,
            is_first_party=name in first_party,
            location=location,
        )


def _match(entry_point: EntryPoint) -> re.Match[str] | None:
    return _GROUP.fullmatch(entry_point.group)


def _identity(distribution: Distribution) -> tuple[str, str, tuple[str, ...]]:
    name: str | None = None
    version: str | None = None
    requires: tuple[str, ...] = ()
    try:
        name, version = distribution.metadata["Name"], distribution.metadata["Version"]
        requires = tuple(distribution.requires or ())
    except Exception:  # noqa: BLE001, S110  # a METADATA that is missing or binary: the folder still says what it is
        pass
    folder = _folder(distribution)
    # SECURITY: two packages cannot have one folder, but any METADATA can say that it is somebody else's
    if folder.endswith(".dist-info") or not name:
        name = _stem(folder)[0]
    return canonicalize_name(name), _checked(version) or _checked(_stem(folder)[1]) or "unknown", requires


def _stem(folder: str) -> tuple[str, str]:
    """Name and version in the name of a folder: `acme_geo-1.2.dist-info`."""
    name, _, version = folder.removesuffix(".dist-info").removesuffix(".egg-info").partition("-")
    return name, version


def _checked(version: str | None) -> str | None:
    try:
        return str(Version(version)) if version else None
    except InvalidVersion:
        return None


def _folder(distribution: Distribution) -> str:
    """The name of the folder that holds the metadata; empty where the metadata are in no folder."""
    return folder_of(distribution).name


def _malformed(place: str, cause: str) -> Problem:
    remedy = f"pip uninstall or reinstall {canonicalize_name(_stem(place)[0])}"
    return Problem(Code.METADATA, place, f"its metadata cannot be read ({cause}); skipped", remedy, "warning")


def _unversioned(candidate: Candidate, place: str) -> Iterator[Problem]:
    if candidate.version == "unknown":
        message = "its METADATA names no valid version; loaded, shown as unknown"
        remedy = f"pip install --force-reinstall {candidate.distribution}"
        yield Problem(Code.METADATA, place, message, remedy, "warning")
