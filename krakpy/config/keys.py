"""Matches the keys of an object in the file with the fields of a class."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from krakpy.codes import Code
from krakpy.config.fields import Fields, is_comment, nearest
from krakpy.config.reading import Reading
from krakpy.config.report import join


def match(
    reading: Reading, fields: Fields, value: Mapping[Any, Any], place: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values by their fields' keys, and those that no field names where the class collects them.

    Reports unknown keys with the nearest known one, and keys that are there twice in different spellings.
    """
    matched: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    written: dict[str, str] = {}
    for spelling, item in value.items():
        key = _known(reading, fields, str(spelling), place)
        if key is None:
            continue
        if key in written:
            message = f"`{written[key]}` and `{spelling}` are one key"
            reading.report.error(Code.DUPLICATE_KEY, join(place, key), message)
        written[key] = str(spelling)
        (matched if key in fields.by_key else rest)[key] = item
    return matched, rest


def _known(reading: Reading, fields: Fields, spelling: str, place: str) -> str | None:
    """The key that a spelling stands for; None for what has no effect, which is reported unless it is a comment."""
    key = fields.spellings.get(spelling, spelling)
    if key in fields.by_key:
        return key
    if is_comment(key):
        return None
    if key in fields.accepted:
        message = f"`{key}` is accepted and has no effect"
        reading.report.warning(Code.IGNORED, join(place, key), message, fields.accepted[key])
        return None
    if fields.rest:
        return key
    return _in_other_case(reading, fields, key, place)


def _in_other_case(reading: Reading, fields: Fields, spelling: str, place: str) -> str | None:
    field = fields.by_lower_case.get(spelling.lower())
    if field and reading.weak:
        reading.converted(join(place, field.key), f"`{spelling}` is read as `{field.key}`")
        return field.key
    _unknown(reading, fields, spelling, place)
    return None


def _unknown(reading: Reading, fields: Fields, spelling: str, place: str) -> None:
    message, remedy = f"unknown key `{spelling}`", fields.absent.get(spelling, "")
    near = "" if remedy else nearest(spelling, fields)
    if near:
        message += f"; the nearest is `{near}`"
        remedy = f"Write `{near}`, or `@{spelling}` if it is a comment."
    reading.report.error(Code.UNKNOWN_KEY, join(place, spelling), message, remedy)
