"""Semantic versions: `semver` and `semverCompare`.

    {{ if semverCompare "^1.2" .version }}
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.signatures import Function
from krakpy_templates.values import ABSENT, Uint64

_SUFFIX = r"(?:-(?P<pre>[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?(?:\+(?P<meta>[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?"
_VERSION = re.compile(rf"v?(?P<major>[0-9]+)(?:\.(?P<minor>[0-9]+))?(?:\.(?P<patch>[0-9]+))?{_SUFFIX}\Z")
_LOOSE = r"v?(?P<major>[0-9xX*|]+)(?:\.(?P<minor>[0-9xX*|]+))?(?:\.(?P<patch>[0-9xX*|]+))?" + _SUFFIX
_PLAIN_LOOSE = re.sub(r"\?P<\w+>", "?:", _LOOSE)
_OPERATORS = r"=>|=<|!=|>=|<=|~>|=|>|<|~|\^|"
_CONSTRAINT = re.compile(rf"\s*(?P<operator>{_OPERATORS})\s*{_LOOSE}\s*")
_RANGE = re.compile(rf"\s*({_PLAIN_LOOSE})\s+-\s+({_PLAIN_LOOSE})\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A version, whose parts a template may ask for: `(semver "1.2.3").Major`."""

    major: int
    minor: int
    patch: int
    pre: str = ""
    meta: str = ""
    original: str = ""

    @property
    def go_type(self) -> str:
        """The name of its type."""
        return "*semver.Version"

    @property
    def json_text(self) -> str:
        """What it is in JSON."""
        return str(self)

    @property
    def numbers(self) -> tuple[int, int, int]:
        """What is compared first."""
        return self.major, self.minor, self.patch

    def __str__(self) -> str:
        pre = f"-{self.pre}" if self.pre else ""
        meta = f"+{self.meta}" if self.meta else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}{meta}"

    def member(self, name: str) -> Any:
        """A part of it, or a method."""
        parts: dict[str, Any] = {
            "Major": Uint64(self.major), "Minor": Uint64(self.minor), "Patch": Uint64(self.patch),
            "Prerelease": self.pre, "Metadata": self.meta, "Original": self.original, "String": str(self),
        }
        if name in parts:
            return Function("", lambda: parts[name])
        if name == "Compare":
            return Function("any", lambda other: compared(self, other))
        return ABSENT


def parsed(text: str) -> Version:
    """The version that a text stands for; what is left out is 0. Raises CallError."""
    match = _VERSION.match(text)
    if match is None:
        raise CallError("Invalid Semantic Version")
    pre = match["pre"] or ""
    if any(re.fullmatch(r"0[0-9]+", part) for part in pre.split(".")):
        raise CallError("Version segment starts with 0")
    numbers = {name: int(match[name] or 0) for name in ("major", "minor", "patch")}
    return Version(**numbers, pre=pre, meta=match["meta"] or "", original=text)


def compared(one: Version, other: Any) -> int:
    """-1, 0 or 1."""
    if not isinstance(other, Version):
        raise CallError("a version is compared with a version")
    if one.numbers != other.numbers:
        return 1 if one.numbers > other.numbers else -1
    if not one.pre or not other.pre:
        return bool(other.pre) - bool(one.pre)
    return _order(_keys(one.pre), _keys(other.pre))


def _keys(pre: str) -> list[tuple[int, int, str]]:
    """Numbers come before words, and by their value."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in pre.split(".")]


def _order(one: Any, other: Any) -> int:
    return int((one > other) - (one < other))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Constraint:
    operator: str
    version: Version
    precision: int
    """How many of the three numbers were written."""

    def admits(self, version: Version) -> bool:
        is_strict = self.operator != "!=" or self.precision < 3
        if is_strict and version.pre and not self.version.pre:
            return False
        return bool(getattr(self, _CHECKS[self.operator])(version))

    def _prefix(self, version: Version) -> int:
        """How the numbers that were written compare with those of a version."""
        return _order(version.numbers[: self.precision], self.version.numbers[: self.precision])

    def equal(self, version: Version) -> bool:
        return compared(version, self.version) == 0 if self.precision == 3 else self.tilde(version)

    def unequal(self, version: Version) -> bool:
        if self.precision == 3:
            return compared(version, self.version) != 0
        return self._prefix(version) != 0 if self.precision else version.major != 0

    def greater(self, version: Version) -> bool:
        if self.precision in (0, 3):
            return compared(version, self.version) > 0 if self.precision else version.major > 0
        return self._prefix(version) > 0

    def less(self, version: Version) -> bool:
        return compared(version, self.version) < 0

    def at_least(self, version: Version) -> bool:
        return compared(version, self.version) >= 0

    def at_most(self, version: Version) -> bool:
        if self.precision == 3:
            return compared(version, self.version) <= 0
        return self._prefix(version) <= 0 if self.precision else version.numbers[:2] <= (0, 0)

    def tilde(self, version: Version) -> bool:
        if compared(version, self.version) < 0:
            return False
        if self.precision in (0, 3) and not any(self.version.numbers):
            return True
        fixed = min(max(self.precision, 1), 2)
        return version.numbers[:fixed] == self.version.numbers[:fixed]

    def caret(self, version: Version) -> bool:
        if compared(version, self.version) < 0 or version.major != self.version.major:
            return False
        if self.version.major or self.precision == 1:
            return True
        if self.version.minor or self.precision == 2 or version.minor:
            return version.minor == self.version.minor
        return version.patch == self.version.patch


_CHECKS = {
    "": "equal", "=": "equal", "!=": "unequal", ">": "greater", "<": "less", ">=": "at_least", "=>": "at_least",
    "<=": "at_most", "=<": "at_most", "~": "tilde", "~>": "tilde", "^": "caret",
}


def _constraints(text: str) -> list[_Constraint]:
    """What has to hold at once; parts stand behind commas or spaces."""
    found: list[_Constraint] = []
    position = 0
    while match := _CONSTRAINT.match(text, position):
        found.append(_constraint(match))
        position = match.end()
        if position == len(text):
            return found
        position += 1 if text[position] == "," else 0
    raise CallError(f"improper constraint: {text}")


def _constraint(match: re.Match[str]) -> _Constraint:
    parts = [match["major"], match["minor"], match["patch"]]
    precision = next((index for index, part in enumerate(parts) if part is None or part in ("x", "X", "*")), 3)
    try:
        numbers = [int(part) for part in parts[:precision]] + [0] * (3 - precision)
    except ValueError as error:
        raise CallError("constraint Parser Error") from error
    version = Version(major=numbers[0], minor=numbers[1], patch=numbers[2], pre=match["pre"] or "")
    return _Constraint(operator=match["operator"], version=version, precision=precision)


def _compare(constraint: str, version: str) -> bool:
    spread = _RANGE.sub(lambda match: f">= {match[1]}, <= {match[2]} ", constraint)
    groups = [_constraints(part) for part in spread.split("||")]
    asked = parsed(version)
    return any(all(one.admits(asked) for one in group) for group in groups)


FUNCTIONS: Mapping[str, Function] = {
    "semver": Function("string", parsed),
    "semverCompare": Function("string string", _compare),
}
"""By name."""
