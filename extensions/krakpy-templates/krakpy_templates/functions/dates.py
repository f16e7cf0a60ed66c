"""Sprig's functions of time."""
from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from krakpy_templates import durations
from krakpy_templates.errors import CallError
from krakpy_templates.moments import Moment, read
from krakpy_templates.signatures import Function
from krakpy_templates.values import Int64, is_whole

_UNITS = ((365 * 24 * 3600, "y"), (30 * 24 * 3600, "mo"), (24 * 3600, "d"), (3600, "h"), (60, "m"), (1, "s"))


def _now() -> Moment:
    return Moment(datetime.now().astimezone())


def _moment(value: Any) -> Moment:
    """A moment as it is, a whole number as seconds since 1970, anything else as now."""
    if isinstance(value, Moment):
        return value
    if not is_whole(value):
        return _now()
    try:
        return Moment(datetime.fromtimestamp(value, UTC))
    except (OverflowError, ValueError, OSError) as error:
        raise CallError(f"{value} is no date") from error


def _zone(name: str) -> tzinfo | None:
    """The zone of a name; UTC for one that there is none of, None for this machine's own."""
    if name == "Local":
        return None
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _in_zone(layout: str, value: Any, zone: str) -> str:
    return Moment(_moment(value).at.astimezone(_zone(zone))).format(layout)


def _date(layout: str, value: Any) -> str:
    return _in_zone(layout, value, "Local")


def _html_date(value: Any) -> str:
    return _in_zone("2006-01-02", value, "Local")


def _html_date_in_zone(value: Any, zone: str) -> str:
    return _in_zone("2006-01-02", value, zone)


def _modify(duration: str, moment: Moment) -> Moment:
    nanoseconds = durations.parsed(duration)
    return moment if nanoseconds is None else _moved(moment, nanoseconds)


def _must_modify(duration: str, moment: Moment) -> Moment:
    nanoseconds = durations.parsed(duration)
    if nanoseconds is None:
        raise CallError(f'time: invalid duration "{duration}"')
    return _moved(moment, nanoseconds)


def _moved(moment: Moment, nanoseconds: int) -> Moment:
    try:
        return Moment(moment.at + timedelta(microseconds=nanoseconds // 1000))
    except OverflowError as error:
        raise CallError("the date is out of range") from error


def _to_date(layout: str, text: str) -> Moment:
    try:
        return read(layout, text)
    except CallError:
        return Moment(datetime(1, 1, 1, tzinfo=UTC))


def _ago(value: Any) -> str:
    seconds = round(time.time() - _moment(value).at.timestamp())
    return durations.written(seconds * 10**9)


def _duration(value: Any) -> str:
    if isinstance(value, str):
        try:
            return durations.written(int(value) * 10**9)
        except ValueError:
            return "0s"
    return durations.written(value * 10**9) if isinstance(value, Int64) else "0s"


def _rounded(value: Any) -> str:
    nanoseconds = 0
    if isinstance(value, str):
        nanoseconds = durations.parsed(value) or 0
    elif isinstance(value, Int64):
        nanoseconds = value
    elif isinstance(value, Moment):
        nanoseconds = int((time.time() - value.at.timestamp()) * 10**9)
    for size, unit in _UNITS:
        if abs(nanoseconds) > size * 10**9:
            return f"{abs(nanoseconds) // (size * 10**9)}{unit}"
    return "0s"


FUNCTIONS: Mapping[str, Function] = {
    "now": Function("", _now),
    "date": Function("string any", _date),
    "dateInZone": Function("string any string", _in_zone),
    "date_in_zone": Function("string any string", _in_zone),
    "htmlDate": Function("any", _html_date),
    "htmlDateInZone": Function("any string", _html_date_in_zone),
    "dateModify": Function("string time", _modify),
    "date_modify": Function("string time", _modify),
    "mustDateModify": Function("string time", _must_modify),
    "must_date_modify": Function("string time", _must_modify),
    "toDate": Function("string string", _to_date),
    "mustToDate": Function("string string", read),
    "unixEpoch": Function("time", lambda moment: str(int(moment.at.timestamp() // 1))),
    "ago": Function("any", _ago),
    "duration": Function("any", _duration),
    "durationRound": Function("any", _rounded),
}
"""By name."""
