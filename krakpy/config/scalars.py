"""Single values: what Go reads in another type than it is written in, and what is said when a value does not fit."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from krakpy.config import durations

LONG = 60
"""How many characters of a text are shown."""

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False", ""})
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")

_NAMES: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    bytes: "a text",
    list: "an array",
    tuple: "an array",
    set: "an array",
    frozenset: "an array",
    dict: "an object",
}


def weakly(kind: Any, value: Any) -> Any:
    """The value as Go's weak decoding reads it for this type, or None if it does not either."""
    if get_origin(kind) is Literal:
        return _in_other_case(kind, value)
    read = {bool: _truth, int: _integer, float: _number, str: _text}.get(kind)
    return read(value) if read else None


def _in_other_case(kind: Any, value: Any) -> Any:
    matches = (option for option in get_args(kind) if isinstance(value, str) and str(option).lower() == value.lower())
    return next(matches, None)


def _truth(value: Any) -> bool | None:
    if isinstance(value, str):
        return True if value in _TRUE else False if value in _FALSE else None
    return value != 0 if isinstance(value, int | float) else None


def _integer(value: Any) -> int | None:
    if isinstance(value, str):
        return int(value) if _INTEGER.fullmatch(value) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return int(value) if isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else None
    return float(value) if isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    return show(value) if isinstance(value, int | float) else None


def seconds(value: Any) -> float:
    """The seconds of a duration's text or of a whole number of nanoseconds; ValueError says what is wrong."""
    if isinstance(value, str):
        return durations.parse(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer():
        return value / durations.NANOSECONDS
    raise ValueError(f'a duration like "3s" is expected, not {describe(value)}')


def from_text(kind: type, value: Any) -> Any:
    """Values of types that JSON has no word for: paths and patterns, each written as a text."""
    if isinstance(value, str) and issubclass(kind, Path):
        return kind(value)
    if isinstance(value, str) and kind is re.Pattern:
        return re.compile(value)
    raise TypeError(f"{name_of(kind)} is expected, not {describe(value)}")


def name_of(kind: Any) -> str:
    """The type in words: `a whole number`, `one of "fail", "skip"`."""
    origin = get_origin(kind) or kind
    if origin is Literal:
        return "one of " + ", ".join(show(option) for option in get_args(kind))
    return _NAMES.get(origin) or str(getattr(origin, "__name__", origin))


def describe(value: Any) -> str:
    """The value in words: `the text "x"`, `an array`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return show(value)
    if isinstance(value, str):
        return f"the text {show(value)}"
    if isinstance(value, int | float):
        return f"the number {show(value)}"
    return "an object" if isinstance(value, dict) else "an array" if isinstance(value, list | tuple) else repr(value)


def show(value: Any) -> str:
    """The value as JSON writes it, shortened where it is long."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= LONG else f'"{value[:LONG]}…"'
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return str(value).lower() if isinstance(value, bool) else str(value)
