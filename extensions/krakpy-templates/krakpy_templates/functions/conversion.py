"""Turns values into numbers and texts, the way Sprig does: what cannot be turned is zero."""
from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.formatting import shown
from krakpy_templates.signatures import Function
from krakpy_templates.values import ABSENT, Int64, Strings, is_true, is_whole, kind_name

_ZERO_DECIMAL = re.compile(r"\.0*$")
_LEAST, _MOST = -(2**63), 2**63 - 1
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|(?i:inf|infinity)|(?i:nan))$")


def whole(value: Any) -> int:
    """The value as a whole number; 0 if it is none."""
    if isinstance(value, bool):
        return int(value)
    if is_whole(value):
        return int(value)
    if isinstance(value, float):
        return wrapped(int(value)) if math.isfinite(value) and abs(value) < 2**63 else _LEAST
    return _parsed(value) if isinstance(value, str) else 0


def wrapped(value: int) -> int:
    """The value in 64 bits: what is too large begins anew at the other end."""
    return (value - _LEAST) % 2**64 + _LEAST


def _parsed(text: str) -> int:
    """A number in any base, told by its prefix."""
    plain = _ZERO_DECIMAL.sub("", text)
    digits = plain.removeprefix("-") if plain.startswith("-") else plain.removeprefix("+")
    if not digits or not digits[0].isdigit():
        return 0
    try:
        number = int(digits, 8) if re.fullmatch(r"0[0-7]+", digits) else int(digits, 0)
    except ValueError:
        return 0
    number = -number if plain.startswith("-") else number
    return number if _LEAST <= number <= _MOST else 0


def fractional(value: Any) -> float:
    """The value as a floating-point number; 0 if it is none."""
    if isinstance(value, bool | int | float):
        return float(value)
    if isinstance(value, str) and _FLOAT.match(value):
        number = float(value)
        # NOTE: what is too large for a number is none to Sprig
        return 0.0 if math.isinf(number) and "i" not in value.lower() else number
    return 0.0


def text(value: Any) -> str:
    """The value as a text."""
    return shown(value)


def texts(value: Any) -> list[str]:
    """A list as texts, without what is nil in it; anything else is a list of one."""
    if isinstance(value, list):
        return [text(item) for item in value if item is not None]
    return [] if value is None else [text(value)]


def items(value: Any, doing: str) -> list[Any]:
    """A list. Raises CallError for anything else."""
    if isinstance(value, list):
        return value
    kind = "nil" if value is None else kind_name(value)
    raise CallError(f"Cannot {doing} on type {kind}")


def is_empty(value: Any) -> bool:
    """Whether Sprig takes a value for one that is not set."""
    return value is None or value is ABSENT or not is_true(value)


def _atoi(value: str) -> int:
    return min(max(int(value), _LEAST), _MOST) if re.fullmatch(r"[+-]?[0-9]+", value) else 0


def _octal(value: Any) -> Int64:
    digits = shown(value)
    return Int64(int(digits, 8) if re.fullmatch(r"[+-]?[0-7]+", digits) else 0)


FUNCTIONS: Mapping[str, Function] = {
    "atoi": Function("string", _atoi),
    "int": Function("any", whole),
    "int64": Function("any", lambda value: Int64(whole(value))),
    "float64": Function("any", fractional),
    "toDecimal": Function("any", _octal),
    "toString": Function("any", text),
    "toStrings": Function("any", lambda value: Strings(texts(value))),
}
"""By name."""
