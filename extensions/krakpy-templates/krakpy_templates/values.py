"""Go's values as Python has them: what type each is, whether it counts as true, whether two are alike.

    bool, int (Go's int), Int64, Uint8, Uint64, float, str, None (nil),
    list ([]interface {}), dict (map[string]interface {})
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Absent:
    """What is not there at all: a key that a map does not have."""

    def __repr__(self) -> str:
        return "<no value>"

    def __bool__(self) -> bool:
        return False


ABSENT = Absent()


class Int64(int):
    """Go's int64: what arithmetic gives."""


class Uint64(int):
    """Go's uint64: the parts of a version."""


class Uint8(int):
    """Go's uint8: a byte of a text."""


class Strings(list[Any]):
    """Go's []string."""


class Ints(list[Any]):
    """Go's []int."""


class Lists(list[Any]):
    """Go's [][]interface {}."""


class NilList(list[Any]):
    """A nil []interface {}, which is `null` in JSON."""


class NilMap(dict[str, Any]):
    """A nil map[string]interface {}: it can be read, and nothing can be put into it."""


class StringMap(dict[str, Any]):
    """Go's map[string]string."""


class Object(Protocol):
    """A value with a type of its own, whose methods a template may call."""

    @property
    def go_type(self) -> str:
        """The name of its type."""

    def member(self, name: str) -> Any:
        """The function or value of a name; ABSENT if there is none."""


_TYPES: Mapping[type, str] = {
    bool: "bool",
    int: "int",
    Int64: "int64",
    Uint64: "uint64",
    Uint8: "uint8",
    float: "float64",
    complex: "complex128",
    str: "string",
    list: "[]interface {}",
    NilList: "[]interface {}",
    Strings: "[]string",
    Ints: "[]int",
    Lists: "[][]interface {}",
    dict: "map[string]interface {}",
    NilMap: "map[string]interface {}",
    StringMap: "map[string]string",
    type(None): "<nil>",
    Absent: "<nil>",
}


def type_name(value: Any) -> str:
    """The name of a value's type, as `typeOf` and errors say it."""
    name = _TYPES.get(type(value))
    return name if name is not None else str(value.go_type)


def kind_name(value: Any) -> str:
    """The kind of a value, as `kindOf` says it."""
    if value is None or value is ABSENT:
        return "invalid"
    if isinstance(value, list):
        return "slice"
    if isinstance(value, dict):
        return "map"
    name = type_name(value)
    return "ptr" if name.startswith("*") else "struct" if "." in name else name


def is_true(value: Any) -> bool:
    """Whether a value counts as true: nothing that is empty, zero or nil does."""
    return bool(value) if type(value) in _TYPES else True


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number of any size."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_alike(one: Any, other: Any) -> bool:
    """Go's deep equality: values of different types are never alike."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(is_alike, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(is_alike(value, other[key]) for key, value in one.items())
    return bool(one == other)


def encoded(text: str) -> bytes:
    """The bytes of a text: Go counts and cuts those, not characters."""
    return text.encode("utf-8", "surrogateescape")


def decoded(content: bytes) -> str:
    """The text of bytes, whatever they are; `encoded` gives them back."""
    return content.decode("utf-8", "surrogateescape")
