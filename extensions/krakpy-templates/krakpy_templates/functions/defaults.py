"""Sprig's defaults and conditions, and what it tells about values."""
from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.functions.conversion import is_empty
from krakpy_templates.signatures import Function
from krakpy_templates.values import is_alike, kind_name, type_name


def _default(fallback: Any, *given: Any) -> Any:
    return fallback if not given or is_empty(given[0]) else given[0]


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if not is_empty(value)), None)


def _ternary(when_true: Any, when_false: Any, condition: bool) -> Any:
    return when_true if condition else when_false


def _fail(message: str) -> str:
    raise CallError(message)


def _copied(value: Any) -> Any:
    if value is None:
        raise CallError("nil cannot be copied")
    return deepcopy(value)


def _is_like(target: str, value: Any) -> bool:
    return type_name(value) in (target, f"*{target}")


FUNCTIONS: Mapping[str, Function] = {
    "default": Function("any any...", _default),
    "empty": Function("any", is_empty),
    "coalesce": Function("any...", _coalesce),
    "all": Function("any...", lambda *values: not any(map(is_empty, values))),
    "any": Function("any...", lambda *values: not all(map(is_empty, values))),
    "ternary": Function("any any bool", _ternary),
    "fail": Function("string", _fail),
    "deepCopy": Function("any", _copied),
    "mustDeepCopy": Function("any", _copied),
    "deepEqual": Function("any any", is_alike),
    "typeOf": Function("any", type_name),
    "typeIs": Function("string any", lambda target, value: type_name(value) == target),
    "typeIsLike": Function("string any", _is_like),
    "kindOf": Function("any", kind_name),
    "kindIs": Function("string any", lambda target, value: kind_name(value) == target),
    "hello": Function("", lambda: "Hello!"),
}
"""By name."""
