"""One reading of a document: where to report, how strict to be, and the words for what does not fit."""
from __future__ import annotations

from typing import Any

from krakpy.codes import Code
from krakpy.config import scalars
from krakpy.config.report import Report


class _Mark:
    """A value that stands for no value."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


INVALID = _Mark("INVALID")
"""What a value is decoded to that does not fit; the reason is in the report."""

ABSENT = _Mark("ABSENT")
"""What a value is decoded to that counts as if it were not there."""


class Reading:
    """A report and how strict the reading is; `weak` reads what Go's weak decoding reads."""

    def __init__(self, report: Report, *, weak: bool) -> None:
        self.report = report
        self.weak = weak

    def converted(self, place: str, message: str) -> None:
        """Warns that a value was read in another type than it is written in."""
        self.report.warning(Code.WEAK_TYPE, place, message)

    def wrong(self, place: str, message: str) -> _Mark:
        """Reports a value that does not fit."""
        self.report.error(Code.WRONG_TYPE, place, message)
        return INVALID

    def mismatch(self, wanted: str, value: Any, place: str) -> _Mark:
        """Reports a value of another type than the one that is named."""
        return self.wrong(place, f"{wanted} is expected, not {scalars.describe(value)}")
