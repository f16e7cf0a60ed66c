"""Turns a document into typed objects, strictly, and writes down everything that does not fit, with its place.

    report = Report()
    service = decode(Service, document, "", report, weak=True)
    config, problems = decode_settings(Config, {"header": "X-Country"}, "endpoints[0].extra_config.acme/geo")
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec
from krakpy_sdk.errors import ConfigError
from msgspec import Meta

from krakpy.codes import Code
from krakpy.config import keys, leaves, scalars
from krakpy.config.fields import Field, Fields, UnreadableClass, fields_of, has_fields
from krakpy.config.kinds import Model, word
from krakpy.config.reading import ABSENT, INVALID, Reading
from krakpy.config.report import Report, join
from krakpy.errors import Problem

__all__ = ["INVALID", "Report", "decode", "decode_settings"]

T = TypeVar("T")

_PLAIN = frozenset({str, int, bool, float})


def decode(kind: Any, value: Any, place: str, report: Report, *, weak: bool) -> Any:
    """The value as the type says, or INVALID with the reasons in the report.

    `weak` reads as KrakenD does: what Go converts is accepted with a warning, and a field that does not fit takes its
    default once the error is written down, so that one run shows every error. Without it nothing is converted.
    """
    return _decode(Reading(report, weak=weak), kind, value, place)


def decode_settings(cls: type[T], value: Any, place: str, *, weak: bool = False) -> tuple[T | None, list[Problem]]:
    """An extension's settings as an instance of its own class, or None; and every problem.

    What the class itself raises while it is built (`ConfigError`, ValueError, TypeError) is a problem like the others.
    """
    report = Report()
    settings = decode(cls, value, place, report, weak=weak)
    return (None if report.has_errors else settings), list(report.problems)


class _Shape(NamedTuple):
    """A type, taken apart: `list[int]` has the origin `list`; the words are those of its metadata."""

    bare: Any
    origin: Any
    arguments: tuple[Any, ...]
    words: frozenset[str]


def _take_apart(kind: Any) -> _Shape:
    words: frozenset[str] = frozenset()
    bare = kind
    if get_origin(kind) is Annotated:
        bare, *metas = get_args(kind)
        words = frozenset(word(meta) for meta in metas if isinstance(meta, Meta))
    return _Shape(bare, get_origin(bare) or bare, get_args(bare), words)


_remembered = cache(_take_apart)


def _shape(kind: Any) -> _Shape:
    try:
        return _remembered(kind)
    except TypeError:  # NOTE: metadata of an author's may be unhashable
        return _take_apart(kind)


def _decode(reading: Reading, kind: Any, value: Any, place: str) -> Any:
    if type(value) is kind and kind in _PLAIN:
        return value  # PERF: most values of a file are plain and right
    shape = _shape(kind)
    if shape.bare in (Any, object):
        return value
    if shape.origin in (Union, UnionType):
        return _union(reading, shape, value, place)
    if shape.origin in (list, tuple, set, frozenset):
        return _array(reading, shape, value, place)
    if shape.origin in (dict, Mapping):
        return _mapping(reading, shape, value, place)
    if has_fields(shape.bare):
        return _object(reading, shape.bare, value, place)
    return _leaf(reading, kind, shape, value, place)


def _leaf(reading: Reading, kind: Any, shape: _Shape, value: Any, place: str) -> Any:
    if "duration" in shape.words or shape.bare is timedelta:
        return leaves.duration(reading, kind, value, place)
    if "exact" in shape.words:
        return leaves.exact(reading, shape.bare, value, place)
    return leaves.scalar(reading, kind, shape.bare, value, place)


def _union(reading: Reading, shape: _Shape, value: Any, place: str) -> Any:
    members = [member for member in shape.arguments if member is not NoneType]
    if value is None and len(members) < len(shape.arguments):
        return None
    if isinstance(value, Mapping):
        members = [member for member in members if has_fields(_shape(member).origin)] or members
    if len(members) == 1:
        return _decode(reading, members[0], value, place)
    for member in members:
        attempt = Report()
        found = decode(member, value, place, attempt, weak=False)
        if not attempt.has_errors:
            return found
    return reading.mismatch(" or ".join(scalars.name_of(_shape(member).bare) for member in members), value, place)


def _array(reading: Reading, shape: _Shape, value: Any, place: str) -> Any:
    items = _items(reading, shape, value, place)
    if items is None:
        return reading.mismatch(scalars.name_of(shape.origin), value, place)
    kinds = _item_kinds(shape, len(items))
    if kinds is None:
        return reading.wrong(place, f"{len(shape.arguments)} values are expected, not {len(items)}")
    decoded = [
        _item(reading, kind, item, f"{place}[{index}]")
        for index, (kind, item) in enumerate(zip(kinds, items, strict=True))
    ]
    return INVALID if any(item is INVALID for item in decoded) else shape.origin(decoded)


def _items(reading: Reading, shape: _Shape, value: Any, place: str) -> list[Any] | None:
    if isinstance(value, list | tuple):
        return list(value)
    holds_objects = bool(shape.arguments) and has_fields(_shape(shape.arguments[0]).bare)
    if not reading.weak or value is None or isinstance(value, Mapping) is not holds_objects:
        return None
    reading.converted(place, "a single value is read as an array of one")
    return [value]


def _item_kinds(shape: _Shape, count: int) -> tuple[Any, ...] | None:
    if not shape.arguments:
        return (Any,) * count
    if shape.origin is not tuple or shape.arguments[-1] is Ellipsis:
        return (shape.arguments[0],) * count
    return shape.arguments if len(shape.arguments) == count else None


def _item(reading: Reading, kind: Any, value: Any, place: str) -> Any:
    item = _decode(reading, kind, value, place)
    return leaves.placeholder(_shape(kind).origin) if item is INVALID and reading.weak else item


def _mapping(reading: Reading, shape: _Shape, value: Any, place: str) -> Any:
    if not isinstance(value, Mapping):
        return reading.mismatch("an object", value, place)
    key_kind, item_kind = shape.arguments or (str, Any)
    found = {
        _key(reading, key_kind, key, place): _item(reading, item_kind, item, join(place, str(key)))
        for key, item in value.items()
    }
    return INVALID if INVALID in found or any(item is INVALID for item in found.values()) else found


def _key(reading: Reading, kind: Any, key: Any, place: str) -> Any:
    try:
        return msgspec.convert(key, kind, strict=False, dec_hook=scalars.from_text)
    except msgspec.ValidationError:
        return reading.mismatch(f"{scalars.name_of(kind)} as a key", key, place)


def _object(reading: Reading, cls: type, value: Any, place: str) -> Any:
    if isinstance(value, cls):
        return value
    if not isinstance(value, Mapping):
        return reading.mismatch("an object", value, place)
    try:
        known = fields_of(cls)
    except UnreadableClass as error:
        reading.report.error(Code.SETTINGS, place, str(error))
        return INVALID
    return _build(reading, cls, dict(_values(reading, known, value, place)), place)


def _values(reading: Reading, known: Fields, value: Mapping[Any, Any], place: str) -> Iterable[tuple[str, Any]]:
    """The arguments for the class: fields that are absent are left out, unless they have to be there."""
    matched, rest = keys.match(reading, known, value, place)
    if known.rest:
        yield known.rest.name, rest
    for key, item in matched.items():
        field = known.by_key[key]
        found = _field(reading, field, item, join(place, key))
        if found is not ABSENT:
            yield field.name, found
    for key in known.required:
        if key not in matched:
            reading.report.error(Code.MISSING_KEY, join(place, key), f"`{key}` is missing")
            yield known.by_key[key].name, INVALID


def _field(reading: Reading, field: Field, value: Any, place: str) -> Any:
    if value is None and reading.weak and field.kind is not Any and not field.is_required:
        reading.converted(place, "null counts as absent")
        return ABSENT
    found = _decode(reading, field.kind, value, place)
    return ABSENT if found is INVALID and reading.weak and not field.is_required else found


def _build(reading: Reading, cls: type, values: dict[str, Any], place: str) -> Any:
    if any(value is INVALID for value in values.values()):
        return INVALID
    try:
        built = cls(**values)
    except ConfigError as error:
        reading.report.error(Code.SETTINGS, _inside(place, error), error.message)
        return INVALID
    except (ValueError, TypeError) as error:
        reading.report.error(Code.SETTINGS, place, str(error))
        return INVALID
    for remark in built.remarks() if isinstance(built, Model) else ():
        reading.report.warning(Code.IGNORED, _inside(place, remark), remark.message)
    return built


def _inside(place: str, error: ConfigError) -> str:
    return place + error.path if error.path.startswith("[") or not error.path else join(place, error.path)
