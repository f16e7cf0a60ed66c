"""The dates of feeds, of which there are more formats than there are feeds.

    parsed("Mon, 02 Jan 2023 03:04:05 +0100")      # "2023-01-02T02:04:05Z"
"""
from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)
_WEEKDAY = r"(?:[A-Za-z]{3,9}[\s,]+)?"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?"
_TIME = rf"{_CLOCK}(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
_ZONE = r"\s*(?:\(?[A-Z]{1,5}\)?)?\s*(?P<zone>[+-]\d{2}(?::?\d{2})?)?\s*(?:\(?[A-Z]{1,5}\)?)?"
_AFTER = rf"(?:[\s,]+(?:at |- )?{_TIME})?{_ZONE}"
_FORMATS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:(?:[Tt]|\s+|\s+at\s+){_TIME})?{_ZONE}",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s,-]+(?P<word>[A-Za-z]{{3,9}})[\s,-]+(?P<year>\d{{4}}|\d\d){_AFTER}",
        rf"{_WEEKDAY}(?P<word>[A-Za-z]{{3,9}})\s+(?P<day>\d{{1,2}})[\s,]+(?P<year>\d{{4}}){_AFTER}",
        rf"[A-Za-z]{{3}}\s+(?P<word>[A-Za-z]{{3}})\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})/(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}){_AFTER}",
        rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}})\s+{_CLOCK}\s+(?P<half>[AP])M{_ZONE}",
        rf"(?P<day>\d{{1,2}})[./-](?P<month>\d{{1,2}})[./-](?P<year>\d{{4}}){_AFTER}",
        rf"(?P<month>\d{{1,2}})[/-](?P<day>\d{{1,2}})[/-](?P<year>\d{{4}}){_AFTER}",
    )
)
_LONGEST = 100


def parsed(text: str, *, in_utc: bool = True) -> str | None:
    """The date in RFC 3339, in UTC or with its own offset; None for what is no date that anybody writes.

    Without a zone it is UTC, and so are zones that are names (KrakenD: the same, with exceptions that depend on how
    many digits the day has).
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    for pattern in _FORMATS:
        found = pattern.fullmatch(text)
        moment = _moment(found.groupdict("")) if found else None
        if moment:
            return _written(moment.astimezone(UTC) if in_utc else moment)
    return None


def _moment(parts: dict[str, str]) -> datetime | None:
    try:
        return datetime(
            _year(parts["year"]),
            _month(parts),
            int(parts["day"]),
            _hour(parts),
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
            int(parts["fraction"][:6].ljust(6, "0")) if parts["fraction"] else 0,
            _zone(parts["zone"]),
        )
    except ValueError:
        return None


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year >= 69 else 2000)


def _month(parts: dict[str, str]) -> int:
    if "month" in parts:
        return int(parts["month"])
    word = parts["word"].lower()
    return next(number for number, name in enumerate((*_MONTHS, word), 1) if word in (name, name[:3]))


def _hour(parts: dict[str, str]) -> int:
    hour, half = int(parts["hour"] or 0), parts.get("half", "").lower()
    return hour if not half else hour % 12 + (12 if half == "p" else 0)


def _zone(offset: str) -> timezone:
    if not offset:
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    distance = timedelta(hours=hours, minutes=minutes)
    return timezone(distance if offset[0] == "+" else -distance)


def _written(moment: datetime) -> str:
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    date = moment.replace(microsecond=0).isoformat()
    return f"{date[:19]}{fraction}{date[19:]}".replace("+00:00", "Z")
