"""The functions that Go's template language itself has, but for comparisons and `printf`."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from krakpy_templates.errors import CallError
from krakpy_templates.formatting import printed, sprint, sprintln
from krakpy_templates.signatures import Function
from krakpy_templates.values import (
    ABSENT,
    Ints,
    StringMap,
    Strings,
    Uint8,
    decoded,
    encoded,
    is_true,
    is_whole,
    type_name,
)

_HTML = str.maketrans({"\0": "�", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
_JS = {"\\": r"\\", "'": r"\'", '"': r"\"", "<": r"\u003C", ">": r"\u003E", "&": r"\u0026", "=": r"\u003D"}


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(encoded(value))
    if isinstance(value, list | dict):
        return len(value)
    raise CallError("len of nil pointer" if value is None else f"len of type {type_name(value)}")


def _index(value: Any, *keys: Any) -> Any:
    if value is ABSENT or value is None:
        raise CallError("index of untyped nil")
    for key in keys:
        value = _element(value, key)
    return value


def _element(value: Any, key: Any) -> Any:
    if value is None or value is ABSENT:
        raise CallError("index of nil pointer")
    if isinstance(value, dict):
        if not isinstance(key, str):
            raise CallError(f"value has type {type_name(key)}; should be string")
        return value.get(key, "" if isinstance(value, StringMap) else None)
    if isinstance(value, str):
        content = encoded(value)
        return Uint8(content[_position(key, len(content) - 1)])
    if isinstance(value, list):
        return value[_position(key, len(value) - 1)]
    raise CallError(f"can't index item of type {type_name(value)}")


def _position(key: Any, last: int) -> int:
    if key is None or key is ABSENT:
        raise CallError("cannot index slice/array with nil")
    if not is_whole(key):
        raise CallError(f"cannot index slice/array with type {type_name(key)}")
    if not 0 <= key <= last:
        raise CallError(f"index out of range: {key}")
    return int(key)


def cut(value: Any, start: int, end: int) -> Any:
    """A part of a text, in bytes, or of a list, which keeps its type."""
    if isinstance(value, str):
        return decoded(encoded(value)[start:end])
    return type(value)(value[start:end]) if isinstance(value, Strings | Ints) else list(value[start:end])


def _text(values: tuple[Any, ...]) -> str:
    if len(values) == 1 and isinstance(values[0], str):
        return values[0]
    return sprint(*(printed(value) if value is None else value for value in values))


def _html(*values: Any) -> str:
    return _text(values).translate(_HTML)


def _js(*values: Any) -> str:
    return "".join(_js_character(character) for character in _text(values))


def _js_character(character: str) -> str:
    if character in _JS:
        return _JS[character]
    code = ord(character)
    if code < 32:
        return f"\\u{code:04X}"
    return character if code < 128 or character.isprintable() else f"\\u{code:04X}"


def _urlquery(*values: Any) -> str:
    return quote_plus(encoded(_text(values)), safe="~")


def _call(value: Any, *_: Any) -> Any:
    raise CallError("call of nil" if value is None else f"non-function of type {type_name(value)}")


def _special(*_: Any) -> Any:
    raise AssertionError("`and` and `or` look at their arguments one by one, where they are evaluated")


FUNCTIONS: Mapping[str, Function] = {
    "and": Function("value value...", _special),
    "or": Function("value value...", _special),
    "not": Function("value", lambda value: not is_true(value)),
    "len": Function("value", _length),
    "index": Function("value value...", _index),
    "call": Function("value value...", _call),
    "html": Function("any...", _html),
    "js": Function("any...", _js),
    "urlquery": Function("any...", _urlquery),
    "print": Function("any...", sprint),
    "println": Function("any...", sprintln),
}
"""By name. NOTE: `slice` is not among them: Sprig has one of its own, which hides Go's."""
