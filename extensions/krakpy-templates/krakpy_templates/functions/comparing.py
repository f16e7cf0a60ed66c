"""Comparisons: `eq`, `ne`, `lt`, `le`, `gt`, `ge`; only values of one kind can be compared."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.signatures import Function
from krakpy_templates.values import ABSENT, encoded, is_whole, type_name


def _kind(value: Any) -> str:
    """What a value may be compared with; empty for what has no order."""
    if isinstance(value, bool):
        return "bool"
    if is_whole(value):
        return "int"
    for kind in (float, complex, str):
        if isinstance(value, kind):
            return kind.__name__
    return ""


def _is_nothing(value: Any) -> bool:
    return value is None or value is ABSENT


def _is_equal(one: Any, other: Any) -> bool:
    kind, other_kind = _kind(one), _kind(other)
    if kind and kind == other_kind:
        return bool(one == other)
    if _is_nothing(one) or _is_nothing(other):
        return _is_nothing(one) and _is_nothing(other)
    if kind != other_kind:
        raise CallError(f"incompatible types for comparison: {type_name(one)} and {type_name(other)}")
    raise CallError(f"non-comparable type {type_name(other)}")


def _eq(one: Any, *others: Any) -> bool:
    if not others:
        raise CallError("missing argument for comparison")
    return any(_is_equal(one, other) for other in others)


def _is_less(one: Any, other: Any) -> bool:
    kind, other_kind = _kind(one), _kind(other)
    if not kind or not other_kind:
        raise CallError("invalid type for comparison")
    if kind != other_kind:
        raise CallError(f"incompatible types for comparison: {type_name(one)} and {type_name(other)}")
    if kind in ("bool", "complex"):
        raise CallError("invalid type for comparison")
    return encoded(one) < encoded(other) if kind == "str" else bool(one < other)


def _comparison(decide: Callable[[Any, Any], bool]) -> Function:
    return Function("value value", decide)


FUNCTIONS: Mapping[str, Function] = {
    "eq": Function("value value...", _eq),
    "ne": _comparison(lambda one, other: not _is_equal(one, other)),
    "lt": _comparison(_is_less),
    "le": _comparison(lambda one, other: _is_less(one, other) or _is_equal(one, other)),
    "gt": _comparison(lambda one, other: not (_is_less(one, other) or _is_equal(one, other))),
    "ge": _comparison(lambda one, other: not _is_less(one, other)),
}
"""By name."""
