"""Sprig's functions of lists; none of them changes the list that it is given."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.functions.builtin import cut
from krakpy_templates.functions.conversion import is_empty, items, text, texts, whole
from krakpy_templates.signatures import Function
from krakpy_templates.values import Lists, NilList, Strings, encoded, is_alike, kind_name


def _is_in(values: list[Any], value: Any) -> bool:
    return any(is_alike(value, item) for item in values)


def _uniq(values: Any) -> list[Any]:
    found: list[Any] = []
    for item in items(values, "find uniq"):
        if not _is_in(found, item):
            found.append(item)
    return found


def _without(values: Any, *omitted: Any) -> list[Any]:
    return [item for item in items(values, "find without") if not _is_in(list(omitted), item)]


def _has(value: Any, values: Any) -> bool:
    return values is not None and _is_in(items(values, "find has"), value)


def _chunk(size: int, values: Any) -> Lists:
    found = items(values, "chunk")
    if size < 1:
        raise CallError("the size of a chunk is at least 1")
    return Lists(list(found[start : start + size]) for start in range(0, len(found), size))


def _slice(values: Any, *bounds: Any) -> Any:
    if not isinstance(values, list):
        raise CallError(f"list should be type of slice or array but {kind_name(values)}")
    if not values:
        return None
    start = whole(bounds[0]) if bounds else 0
    end = whole(bounds[1]) if len(bounds) > 1 else len(values)
    if not 0 <= start <= end <= len(values):
        raise CallError("reflect.Value.Slice: slice index out of bounds")
    return cut(values, start, end)


def _concat(*lists: Any) -> list[Any]:
    joined = [item for values in lists for item in _listed(values)]
    return joined or NilList()


def _listed(values: Any) -> list[Any]:
    if not isinstance(values, list):
        raise CallError(f"Cannot concat type {kind_name(values)} as list")
    return values


def _sorted(values: Any) -> Strings:
    return Strings(sorted(texts(values), key=encoded) if isinstance(values, list) else [text(values)])


def _part(name: str, take: Callable[[list[Any]], Any], empty: Callable[[], Any]) -> Function:
    def part(values: Any) -> Any:
        found = items(values, f"find {name}")
        return take(found) if found else empty()

    return Function("any", part)


def _each(name: str, function: Function) -> dict[str, Function]:
    """A function by its name, and as `mustName`: both fail alike here."""
    return {name: function, f"must{name[0].upper()}{name[1:]}": function}


def _nothing() -> None:
    return None


FUNCTIONS: Mapping[str, Function] = {
    "list": Function("any...", lambda *values: list(values)),
    "tuple": Function("any...", lambda *values: list(values)),
    **_each("append", Function("any any", lambda values, value: [*items(values, "push"), value])),
    **_each("push", Function("any any", lambda values, value: [*items(values, "push"), value])),
    **_each("prepend", Function("any any", lambda values, value: [value, *items(values, "prepend")])),
    **_each("first", _part("first", lambda values: values[0], _nothing)),
    **_each("last", _part("last", lambda values: values[-1], _nothing)),
    **_each("rest", _part("rest", lambda values: list(values[1:]), NilList)),
    **_each("initial", _part("initial", lambda values: list(values[:-1]), NilList)),
    **_each("reverse", _part("reverse", lambda values: list(values[::-1]), list)),
    **_each("compact", _part("compact", lambda values: [item for item in values if not is_empty(item)], list)),
    **_each("uniq", Function("any", _uniq)),
    **_each("without", Function("any any...", _without)),
    **_each("has", Function("any any", _has)),
    **_each("slice", Function("any any...", _slice)),
    **_each("chunk", Function("int any", _chunk)),
    "concat": Function("any...", _concat),
    "sortAlpha": Function("any", _sorted),
    "join": Function("string any", lambda separator, values: separator.join(texts(values))),
}
"""By name."""
