"""JSON as Go reads and writes it: every number is a float64, keys are sorted, `<`, `>` and `&` are escaped.

    marshalled({"b": 1.0, "a": "<"})      # {"a":"\\u003c","b":1}
"""
from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from krakpy_templates.floats import shortest
from krakpy_templates.values import ABSENT, NilList, NilMap, type_name

_LONE = re.compile("[\ud800-\udfff]")
_SPECIAL = re.compile('["\\\\\x00-\x1f\u2028\u2029\ud800-\udfff]')
_SPECIAL_HTML = re.compile('["\\\\\x00-\x1f\u2028\u2029\ud800-\udfff<>&]')
_SHORT = {'"': r"\"", "\\": r"\\", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


def unmarshalled(text: str) -> Any:
    """The document. Raises ValueError with line and column."""
    whole = text.encode("utf-8", "replace").decode()
    return _sound(json.loads(whole, parse_int=_number, parse_float=_number, parse_constant=_refuse))


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"json: cannot unmarshal number {text} into Go value of type float64")
    return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _sound(value: Any) -> Any:
    """The value with U+FFFD for halves of characters, which Go does not have."""
    if isinstance(value, str):
        return _LONE.sub("�", value)
    if isinstance(value, list):
        return [_sound(item) for item in value]
    if isinstance(value, dict):
        return {_LONE.sub("�", key): _sound(item) for key, item in value.items()}
    return value


def marshalled(value: Any, *, indent: str = "", escapes_html: bool = True) -> str:
    """The JSON text of a value; ValueError for what JSON does not have."""
    special = _SPECIAL_HTML if escapes_html else _SPECIAL
    return _written(value, special, indent, "\n" if indent else "")


def _written(value: Any, special: re.Pattern[str], indent: str, line: str) -> str:
    if value is None or value is ABSENT or isinstance(value, NilList | NilMap):
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        return _quoted(value, special)
    inner = line + indent
    if isinstance(value, list):
        return _framed([_written(item, special, indent, inner) for item in value], "[]", line, inner)
    if isinstance(value, dict):
        colon = ": " if indent else ":"
        pairs = [_quoted(key, special) + colon + _written(value[key], special, indent, inner) for key in sorted(value)]
        return _framed(pairs, "{}", line, inner)
    return _other(value, special)


def _framed(parts: list[str], frame: str, line: str, inner: str) -> str:
    return frame[0] + inner + ("," + inner).join(parts) + line + frame[1] if parts else frame


def _other(value: Any, special: re.Pattern[str]) -> str:
    text = getattr(value, "json_text", None)
    if text is None:
        raise ValueError(f"json: unsupported type: {type_name(value)}")
    return _quoted(text, special)


def number(value: float) -> str:
    """A number as Go's encoder writes it."""
    if not math.isfinite(value):
        raise ValueError(f"json: unsupported value: {shortest(value)}")
    text = shortest(value, largest=21, smallest=-6)
    return re.sub(r"e-0(\d)$", r"e-\1", text)


def _quoted(text: str, special: re.Pattern[str]) -> str:
    return '"' + special.sub(lambda match: _escape(match[0]), text) + '"'


def _escape(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return r"\ufffd"
    return _SHORT.get(character) or f"\\u{ord(character):04x}"
