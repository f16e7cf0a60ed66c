"""Points in time, and durations, as Go writes and reads them.

    Moment(datetime(2026, 1, 2, tzinfo=UTC)).format("2006-01-02")      # 2026-01-02
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.signatures import Function
from krakpy_templates.values import ABSENT, Int64

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_CHUNK = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|_2006|__2|_2|002|01|02|03|04|05|06|15|PM|pm"
    r"|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,]0+(?!\d)|[.,]9+(?!\d)|[1-5]"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Go's time.Time, with the methods that templates ask for: `now.Year`, `now.Format "2006"`."""

    at: datetime

    @property
    def go_type(self) -> str:
        """The name of its type."""
        return "time.Time"

    @property
    def json_text(self) -> str:
        """What it is in JSON."""
        return self.format("2006-01-02T15:04:05.999999999Z07:00")

    def __str__(self) -> str:
        return self.format("2006-01-02 15:04:05.999999999 -0700 MST")

    def format(self, layout: str) -> str:
        """The moment in one of Go's layouts."""
        return _CHUNK.sub(lambda match: self._chunk(match[0]), layout)

    def _chunk(self, chunk: str) -> str:
        if chunk[0] in ".,":
            return self._fraction(chunk)
        if chunk[0] in "Z-" and chunk != "-":
            return self._offset(chunk)
        if chunk == "_2006":
            return f"_{self.at.year:04d}"
        return _WRITTEN[chunk](self.at)

    def _fraction(self, chunk: str) -> str:
        digits = f"{self.at.microsecond:06d}000"[: len(chunk) - 1].ljust(len(chunk) - 1, "0")
        if chunk[1] == "0":
            return chunk[0] + digits
        digits = digits.rstrip("0")
        return chunk[0] + digits if digits else ""

    def _offset(self, chunk: str) -> str:
        seconds = int((self.at.utcoffset() or timedelta()).total_seconds())
        if chunk[0] == "Z" and not seconds:
            return "Z"
        sign, rest = "-" if seconds < 0 else "+", abs(seconds)
        parts = [f"{rest // 3600:02d}", f"{rest // 60 % 60:02d}", f"{rest % 60:02d}"]
        colon = ":" if ":" in chunk else ""
        return sign + colon.join(parts[: len(re.findall(r"\d\d", chunk))])

    def member(self, name: str) -> Any:
        """The method of a name."""
        if name in _METHODS:
            return Function("", lambda: _METHODS[name](self.at))
        return Function("string", self.format) if name == "Format" else ABSENT


def _named(at: datetime) -> str:
    name = at.tzname() or "UTC"
    return name.removeprefix("UTC") if name.startswith("UTC") and name != "UTC" else name


_WRITTEN: Mapping[str, Callable[[datetime], str]] = {
    "January": lambda at: MONTHS[at.month - 1],
    "Jan": lambda at: MONTHS[at.month - 1][:3],
    "Monday": lambda at: DAYS[at.isoweekday() % 7],
    "Mon": lambda at: DAYS[at.isoweekday() % 7][:3],
    "MST": _named,
    "2006": lambda at: f"{at.year:04d}",
    "06": lambda at: f"{at.year % 100:02d}",
    "01": lambda at: f"{at.month:02d}",
    "1": lambda at: str(at.month),
    "02": lambda at: f"{at.day:02d}",
    "_2": lambda at: f"{at.day:2d}",
    "2": lambda at: str(at.day),
    "002": lambda at: f"{at.timetuple().tm_yday:03d}",
    "__2": lambda at: f"{at.timetuple().tm_yday:3d}",
    "15": lambda at: f"{at.hour:02d}",
    "03": lambda at: f"{at.hour % 12 or 12:02d}",
    "3": lambda at: str(at.hour % 12 or 12),
    "04": lambda at: f"{at.minute:02d}",
    "4": lambda at: str(at.minute),
    "05": lambda at: f"{at.second:02d}",
    "5": lambda at: str(at.second),
    "PM": lambda at: "PM" if at.hour >= 12 else "AM",
    "pm": lambda at: "pm" if at.hour >= 12 else "am",
}

_METHODS: Mapping[str, Callable[[datetime], Any]] = {
    "Year": lambda at: at.year,
    "Month": lambda at: MONTHS[at.month - 1],
    "Day": lambda at: at.day,
    "Hour": lambda at: at.hour,
    "Minute": lambda at: at.minute,
    "Second": lambda at: at.second,
    "Weekday": lambda at: DAYS[at.isoweekday() % 7],
    "YearDay": lambda at: at.timetuple().tm_yday,
    "Unix": lambda at: Int64(int(at.timestamp() // 1)),
    "UnixMilli": lambda at: Int64(int(at.timestamp() * 1000 // 1)),
    "UTC": lambda at: Moment(at.astimezone(UTC)),
    "Local": lambda at: Moment(at.astimezone()),
    "String": lambda at: str(Moment(at)),
}

_READ = {
    "January": "(?P<month_name>[A-Za-z]+)", "Jan": "(?P<short_month>[A-Za-z]{3})", "Monday": "[A-Za-z]+",
    "Mon": "[A-Za-z]{3}", "MST": "(?P<zone>[A-Z]{3,5})", "2006": r"(?P<year>\d{4})", "06": r"(?P<short_year>\d{2})",
    "01": r"(?P<month>\d{2})", "1": r"(?P<month>\d{1,2})", "02": r"(?P<day>\d{2})", "_2": r" ?(?P<day>\d{1,2})",
    "2": r"(?P<day>\d{1,2})", "15": r"(?P<hour>\d{1,2})", "03": r"(?P<half>\d{2})", "3": r"(?P<half>\d{1,2})",
    "04": r"(?P<minute>\d{2})", "4": r"(?P<minute>\d{1,2})", "05": r"(?P<second>\d{2})(?P<more>[.,]\d+)?",
    "5": r"(?P<second>\d{1,2})(?P<more>[.,]\d+)?", "PM": "(?P<noon>AM|PM)", "pm": "(?P<noon>am|pm)",
}
_ZONES = {"Z": r"(?P<offset>Z|[+-]\d\d(?::?\d\d)?)", "-": r"(?P<offset>[+-]\d\d(?::?\d\d)?)"}


def read(layout: str, text: str, zone: tzinfo | None = None) -> Moment:
    """The moment that a text in a layout stands for; in the machine's own zone without another. CallError if none."""
    pattern, end = "", 0
    for match in _CHUNK.finditer(layout):
        pattern += re.escape(layout[end : match.start()]) + _reader(match[0])
        end = match.end()
    found = re.fullmatch(pattern + re.escape(layout[end:]), text)
    if found is None:
        raise CallError(f'parsing time "{text}" as "{layout}": it does not fit')
    try:
        return _moment(found.groupdict(), zone)
    except ValueError as error:
        raise CallError(f'parsing time "{text}": {error}') from error


def _reader(chunk: str) -> str:
    if chunk[0] in ".,":
        return ""
    if chunk in _READ:
        return _READ[chunk]
    if chunk[0] in _ZONES:
        return _ZONES[chunk[0]]
    raise CallError(f"the layout's {chunk} cannot be read")


def _moment(parts: Mapping[str, str | None], zone: tzinfo | None) -> Moment:
    def number(name: str, missing: int) -> int:
        return int(parts.get(name) or missing)

    year = number("year", 0)
    if short := parts.get("short_year"):
        year = int(short) + (1900 if int(short) >= 69 else 2000)
    hour = number("hour", 0)
    if parts.get("half"):
        hour = number("half", 0) % 12 + (12 if (parts.get("noon") or "").upper() == "PM" else 0)
    fraction = f"{(parts.get('more') or '.')[1:]:0<6}"[:6]
    at = datetime(
        year or 1, _month(parts), number("day", 1), hour, number("minute", 0), number("second", 0), int(fraction),
        tzinfo=_zone(parts, zone),
    )
    return Moment(at if at.tzinfo else at.astimezone())


def _month(parts: Mapping[str, str | None]) -> int:
    name = parts.get("month_name") or parts.get("short_month")
    if name is None:
        return int(parts.get("month") or 1)
    lengths = 3 if parts.get("short_month") else None
    return [month[:lengths] for month in MONTHS].index(name) + 1


def _zone(parts: Mapping[str, str | None], zone: tzinfo | None) -> tzinfo | None:
    offset = parts.get("offset")
    if offset == "Z" or parts.get("zone") in ("UTC", "GMT"):
        return UTC
    if not offset:
        return zone
    digits = offset[1:].replace(":", "").ljust(4, "0")
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if offset[0] == "-" else distance)
