"""Decodes single values: durations, numbers, texts, and whatever else msgspec converts."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from krakpy.codes import Code
from krakpy.config import durations, scalars
from krakpy.config.reading import INVALID, Reading


def duration(reading: Reading, kind: Any, value: Any, place: str) -> Any:
    """Seconds, or a timedelta, from a duration's text; from whole nanoseconds too in a weak reading."""
    if not reading.weak and not isinstance(value, str):
        return reading.mismatch('a duration like "3s"', value, place)
    try:
        found = scalars.seconds(value)
    except ValueError as error:
        return reading.wrong(place, str(error))
    if not isinstance(value, str):
        reading.converted(place, f'{scalars.describe(value)} is read as nanoseconds: "{durations.write(found)}"')
    elif reading.weak and value.startswith("-") and not found:
        reading.converted(place, f'"{value}" is read as "0s"')
    if kind is timedelta:
        return timedelta(seconds=found)
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError:
        return reading.wrong(place, f'"{durations.write(found)}" is out of range: it may not be negative')


def exact(reading: Reading, kind: type, value: Any, place: str) -> Any:
    """The value if it has the type; else an empty one, with a warning, as in KrakenD's components."""
    if isinstance(value, kind):
        return value
    empty = kind()
    message = f"{scalars.describe(value)} counts as {scalars.show(empty)}: {scalars.name_of(kind)} is looked for"
    reading.report.warning(Code.WEAK_TYPE, place, message)
    return empty


def scalar(reading: Reading, kind: Any, bare: Any, value: Any, place: str) -> Any:
    """The value in its type, within the bounds that the type has; `bare` is the type without its metadata."""
    found = _convert(kind, value)
    if not isinstance(found, msgspec.ValidationError):
        return found
    read = scalars.weakly(bare, value) if reading.weak else None
    if read is None:
        return _unfit(reading, found, bare, value, place)
    reading.converted(place, f"{scalars.describe(value)} is read as {scalars.show(read)}")
    found = _convert(kind, read)
    return _unfit(reading, found, bare, read, place) if isinstance(found, msgspec.ValidationError) else found


def _convert(kind: Any, value: Any) -> Any:
    try:
        return msgspec.convert(value, kind, dec_hook=scalars.from_text)
    except msgspec.ValidationError as error:
        return error


def _unfit(reading: Reading, error: msgspec.ValidationError, bare: Any, value: Any, place: str) -> Any:
    text, _, path = str(error).partition(" - at `$")
    if path:
        return reading.wrong(place + path.rstrip("`"), text)
    if ", got `" in text:
        return reading.mismatch(scalars.name_of(bare), value, place)
    return reading.wrong(place, f"{scalars.describe(value)} does not fit: {text[:1].lower()}{text[1:]}")


def placeholder(bare: Any) -> Any:
    """What stands in an array for a value that did not fit, so that the places of the others stay right."""
    try:
        return bare()
    except TypeError:
        return INVALID
