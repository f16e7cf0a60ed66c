"""Settings as an author's dataclass, decoded strictly with the standard library: what a host has where krakpy is not.

    config, problems = decoded(Config, {"header": "X-Country"})

The gateway's own decoder says the same with more words; what it lets through, this one builds.
"""
from __future__ import annotations

import dataclasses
import enum
import re
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from krakpy_sdk.errors import ConfigError

#: how keys begin that are free for comments
COMMENTS = ("@", "$", "_", "#", "x-")

_UNITS = MappingProxyType({
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0,
})  # fmt: skip
_DURATION = re.compile(r"[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_FAILED: Any = object()


class Misfit(NamedTuple):
    """One thing that does not fit: a code's name, the path inside of the settings, and a sentence."""

    code: str
    path: str
    message: str


def decoded(cls: Any, value: Any) -> tuple[Any, list[Misfit]]:
    """The settings as an instance of `cls`, or None with everything that does not fit."""
    misfits: list[Misfit] = []
    if hasattr(cls, "__struct_fields__"):
        return _struct(cls, value)
    found = _object(cls, value, "", misfits)
    return (None if misfits else found), misfits


def _struct(cls: Any, value: Any) -> tuple[Any, list[Misfit]]:
    """A `msgspec.Struct`, decoded by the library that its author has brought along."""
    msgspec: Any = sys.modules["msgspec"]
    try:
        return msgspec.convert(value, cls), []
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        return None, [Misfit("WRONG_TYPE", path.rstrip("`").removeprefix("."), text)]


def _decode(kind: Any, value: Any, path: str, misfits: list[Misfit]) -> Any:
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    origin, arguments = get_origin(kind) or kind, get_args(kind)
    if origin in (Any, object):
        return value
    if origin in (Union, UnionType):
        return _union(arguments, value, path, misfits)
    if origin in (list, tuple, set, frozenset):
        return _array(origin, arguments, value, path, misfits)
    if origin in (dict, Mapping) or getattr(origin, "__origin__", None) is Mapping:
        return _mapping(arguments, value, path, misfits)
    if isinstance(origin, type) and dataclasses.is_dataclass(origin):
        return _object(origin, value, path, misfits)
    return _leaf(kind, origin, arguments, value, path, misfits)


def _union(members: tuple[Any, ...], value: Any, path: str, misfits: list[Misfit]) -> Any:
    if value is None and NoneType in members:
        return None
    kinds = [member for member in members if member is not NoneType]
    if len(kinds) == 1:
        return _decode(kinds[0], value, path, misfits)
    for kind in kinds:
        attempt: list[Misfit] = []
        found = _decode(kind, value, path, attempt)
        if not attempt:
            return found
    return _wrong(" or ".join(getattr(kind, "__name__", str(kind)) for kind in kinds), value, path, misfits)


def _array(origin: Any, arguments: tuple[Any, ...], value: Any, path: str, misfits: list[Misfit]) -> Any:
    if not isinstance(value, list | tuple):
        return _wrong("an array", value, path, misfits)
    if origin is tuple and arguments and arguments[-1] is not Ellipsis:
        kinds = arguments
        if len(kinds) != len(value):
            misfits.append(Misfit("WRONG_TYPE", path, f"{len(kinds)} values are expected, not {len(value)}"))
            return _FAILED
    else:
        kinds = (arguments[0] if arguments else Any,) * len(value)
    return origin([
        _decode(kind, item, f"{path}[{index}]", misfits)
        for index, (kind, item) in enumerate(zip(kinds, value, strict=True))
    ])  # fmt: skip


def _mapping(arguments: tuple[Any, ...], value: Any, path: str, misfits: list[Misfit]) -> Any:
    if not isinstance(value, Mapping):
        return _wrong("an object", value, path, misfits)
    key_kind, item_kind = arguments or (str, Any)
    return {
        _key(key_kind, key, path, misfits): _decode(item_kind, item, _join(path, key), misfits)
        for key, item in value.items()
    }


def _key(kind: Any, key: str, path: str, misfits: list[Misfit]) -> Any:
    if kind not in (int, float):
        return _decode(kind, key, path, misfits)
    try:
        return kind(key)
    except ValueError:
        return _wrong(f"{_NAMES[kind]} as a key", key, path, misfits)


def _object(cls: Any, value: Any, path: str, misfits: list[Misfit]) -> Any:
    if not isinstance(value, Mapping):
        return _wrong("an object", value, path, misfits)
    try:
        hints = get_type_hints(cls, include_extras=True)
    except (NameError, TypeError, AttributeError) as error:
        text = f"the annotations of {cls.__qualname__} cannot be resolved: {error}"
        misfits.append(Misfit("SETTINGS", path, text))
        return _FAILED
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    known = len(misfits)
    misfits += _unknown(value, fields, path)
    values = {
        name: _decode(hints[name], value[name], _join(path, name), misfits) for name in fields if name in value
    }
    for name, field in fields.items():
        is_required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if is_required and name not in value:
            misfits.append(Misfit("MISSING_KEY", _join(path, name), f"`{name}` is missing"))
    return _FAILED if len(misfits) > known else _built(cls, values, path, misfits)


def _unknown(value: Mapping[str, Any], fields: Mapping[str, Any], path: str) -> Iterator[Misfit]:
    for key in value:
        if key not in fields and not key.startswith(COMMENTS):
            near = get_close_matches(key.lower(), list(fields), n=1)
            hint = f"; the nearest is `{near[0]}`" if near else ""
            yield Misfit("UNKNOWN_KEY", _join(path, key), f"unknown key `{key}`{hint}")


def _built(cls: Any, values: dict[str, Any], path: str, misfits: list[Misfit]) -> Any:
    try:
        return cls(**values)
    except ConfigError as error:
        at = path + error.path if error.path.startswith("[") or not error.path else _join(path, error.path)
        misfits.append(Misfit("SETTINGS", at, error.message))
    except (ValueError, TypeError) as error:
        misfits.append(Misfit("SETTINGS", path, str(error)))
    return _FAILED


def _leaf(kind: Any, origin: Any, arguments: tuple[Any, ...], value: Any, path: str, misfits: list[Misfit]) -> Any:
    if origin is Literal:
        is_one = any(type(value) is type(option) and value == option for option in arguments)
        return value if is_one else _wrong(f"one of {', '.join(map(repr, arguments))}", value, path, misfits)
    if origin is float and type(value) is int:
        return float(value)
    if origin in (str, int, bool, float):
        return value if type(value) is origin else _wrong(_NAMES[origin], value, path, misfits)
    if isinstance(origin, type) and issubclass(origin, enum.Enum):
        return _converted(origin, value, path, misfits)
    if origin not in _FROM_TEXT:
        misfits.append(Misfit("SETTINGS", path, f"settings cannot hold {kind!r}"))
        return _FAILED
    if not isinstance(value, str):
        return _wrong(f"a text for {origin.__name__}", value, path, misfits)
    return _converted(_FROM_TEXT[origin], value, path, misfits)


def _converted(read: Callable[[Any], Any], value: Any, path: str, misfits: list[Misfit]) -> Any:
    try:
        return read(value)
    except (ValueError, TypeError, ArithmeticError, re.error) as error:
        misfits.append(Misfit("WRONG_TYPE", path, f"{value!r} does not fit: {error}"))
        return _FAILED


def _seconds(text: str) -> timedelta:
    if not _DURATION.fullmatch(text):
        raise ValueError('write a number and a unit, like "3s"')
    total = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    return timedelta(seconds=-total if text.startswith("-") else total)


_NAMES: Mapping[Any, str] = MappingProxyType({
    bool: "true or false", int: "a whole number", float: "a number", str: "a text",
})  # fmt: skip
_FROM_TEXT: Mapping[type, Callable[[str], Any]] = MappingProxyType({
    Path: Path, re.Pattern: re.compile, timedelta: _seconds, datetime: datetime.fromisoformat,
    date: date.fromisoformat, time: time.fromisoformat, Decimal: Decimal, UUID: UUID, bytes: b64decode,
})  # fmt: skip


def _wrong(expected: str, value: Any, path: str, misfits: list[Misfit]) -> Any:
    misfits.append(Misfit("WRONG_TYPE", path, f"{expected} is expected, not {_shown(value)}"))
    return _FAILED


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    return "an array" if isinstance(value, list | tuple) else "null" if value is None else repr(value)[:60]


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
