"""A function that templates can call: what its arguments have to be, told in Go's types.

    Function("string any...", cat)        # one text, then anything

Types: string, int, float64, bool, any, map, list of them with `...` behind the last; `value` is given as it is, also
if it is not there.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from krakpy_templates.values import ABSENT, NilMap, type_name

_PYTHON: dict[str, type] = {"string": str, "int": int, "float64": float, "bool": bool, "map": dict}
GO_NAMES = {"map": "map[string]interface {}", "any": "interface {}", "time": "time.Time"}


@dataclass(frozen=True, slots=True)
class Function:
    """A function and the types of its arguments."""

    signature: str
    call: Callable[..., Any]
    fixed: tuple[str, ...] = field(init=False)
    """The types of the arguments that have to be there."""
    rest: str | None = field(init=False)
    """The type of every further one; None if there may be none."""

    def __post_init__(self) -> None:
        words = self.signature.split()
        rest = words.pop().removesuffix("...") if self.signature.endswith("...") else None
        object.__setattr__(self, "fixed", tuple(words))
        object.__setattr__(self, "rest", rest)

    def kind(self, index: int) -> str:
        """The type of an argument."""
        return self.fixed[index] if index < len(self.fixed) else str(self.rest)


class Unsuitable(ValueError):
    """A value that an argument cannot be."""


def suited(value: Any, kind: str) -> Any:
    """The value as an argument of a type. Raises Unsuitable."""
    if kind == "value":
        return value
    if value is ABSENT and kind in ("any", "map"):
        return None if kind == "any" else NilMap()
    if kind == "any":
        return value
    expected = GO_NAMES.get(kind, kind)
    if value is ABSENT:
        raise Unsuitable(f"invalid value; expected {expected}")
    if type(value) is not _PYTHON.get(kind) and (value is None or type_name(value) != expected):
        found = "interface {}" if value is None else type_name(value)
        raise Unsuitable(f"wrong type for value; expected {expected}; got {found}")
    return value
