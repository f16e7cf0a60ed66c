"""JSON as tokens need it: read without anything ambiguous, written the way KrakenD signs it.

    read_object(b'{"sub": "ada"}')          # {"sub": "ada"}; ValueError for two members of one name
    written({"b": 1, "a": "<"})             # '{"a":"\\u003c","b":1}'
"""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring
from math import isinf
from typing import Any

#: how deep values of a token may be nested
MAX_DEPTH = 64

_BLANKS = " \t\r\n"
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def read_object(raw: bytes) -> dict[str, Any]:
    """The object in a text; ValueError for whatever two readers could take for two things.

    That is another value than an object, a member that stands there twice, numbers that are none (`NaN`, `1e999`), what
    is no UTF-8, and nesting deeper than `MAX_DEPTH`.
    """
    text = raw.decode("utf-8").lstrip(_BLANKS)
    try:
        document, end = _DECODER.raw_decode(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if end != len(text) and text[end:].strip(_BLANKS):
        raise ValueError("has something after the object")
    if not isinstance(document, dict):
        raise ValueError("is no object")  # noqa: TRY004  it is the text that is wrong
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH:
        _check_depth(document)
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("has a member twice")
    return members


def _finite(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise ValueError("has a number that is out of range")
    return value


def _no_number(text: str) -> Any:
    raise ValueError(f"has {text}, which is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_number)


def _check_depth(document: Any) -> None:
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return
    raise ValueError("is nested too deeply")


def _inside(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def written(value: Any) -> str:
    """A value as compact JSON with its members sorted, and `< > &` escaped (Go: `json.Marshal`).

    Numbers that remember their text (`text`) keep it.
    """
    if isinstance(value, str):
        return encode_basestring(value).translate(_ESCAPES)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{written(str(name))}:{written(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value)


def _number(value: float) -> str:
    text = getattr(value, "text", None)
    if isinstance(text, str):
        return text
    return str(int(value)) if value.is_integer() and abs(value) < 1e21 else json.dumps(value)
