"""What an extension's metadata ask for that this environment does not have: told without importing anything.

    for found in incompatibilities(candidate): print(found.name, found.have, found.want)
"""
from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from shlex import quote

from krakpy_sdk import __version__ as sdk_version
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import MAJOR


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """One thing that is there in another version, or not at all."""

    name: str
    have: str
    want: str
    fix: str

    def as_dict(self) -> dict[str, str]:
        """As `--json` has it."""
        return {"name": self.name, "have": self.have, "want": self.want, "fix": self.fix}


def incompatibilities(candidate: Candidate) -> Iterator[Incompatibility]:
    """Python, the contract, krakpy-sdk, and every distribution that it needs."""
    yield from _python(candidate)
    if candidate.major > MAJOR:
        group = candidate.entry_point.group
        yield Incompatibility(group, f"v{MAJOR}", f"v{candidate.major}", "pip install --upgrade krakpy")
    for text in candidate.requires:
        yield from _requirement(text)


def libc() -> str:
    """The C library, as KrakenD writes it: `GLIBC-2.36`; `DARWIN` where it has no version of its own."""
    name, version = platform.libc_ver()
    if name:
        return f"{name.upper()}-{version}"
    return "DARWIN" if platform.system() == "Darwin" else "MUSL"


def _python(candidate: Candidate) -> Iterator[Incompatibility]:
    distribution = candidate.entry_point.dist
    try:
        wanted = str(distribution.metadata["Requires-Python"] or "") if distribution else ""
        fits = SpecifierSet(wanted).contains(platform.python_version(), prereleases=True)
    except (InvalidSpecifier, KeyError, ValueError):
        return
    if not fits:
        fix = f"run krakpy with a Python {wanted}"
        yield Incompatibility("python", platform.python_version(), wanted, fix)


def _requirement(text: str) -> Iterator[Incompatibility]:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return
    have = _installed(requirement.name)
    if not have or not requirement.specifier.contains(have, prereleases=True):
        want = str(requirement.specifier) or "any version"
        fix = f"pip install {quote(f'{requirement.name}{requirement.specifier}')}"
        yield Incompatibility(requirement.name, have or "not installed", want, fix)


def _installed(name: str) -> str:
    if name == "krakpy-sdk":
        return sdk_version
    try:
        return version_of(name)
    except PackageNotFoundError:
        return ""
