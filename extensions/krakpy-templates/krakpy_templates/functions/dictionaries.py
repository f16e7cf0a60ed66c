"""Sprig's functions of dictionaries; `set`, `unset` and `merge` change the one that they are given."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.functions.conversion import is_empty, text
from krakpy_templates.signatures import Function
from krakpy_templates.values import NilMap, Strings, type_name


def _dict(*pairs: Any) -> dict[str, Any]:
    values = (*pairs, "") if len(pairs) % 2 else pairs
    return {text(key): value for key, value in zip(values[::2], values[1::2], strict=True)}


def _set(target: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    if isinstance(target, NilMap):
        raise CallError("assignment to entry in nil map")
    target[key] = value
    return target


def _unset(target: dict[str, Any], key: str) -> dict[str, Any]:
    target.pop(key, None)
    return target


def _pick(source: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: source[key] for key in keys if key in source}


def _omit(source: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in source.items() if key not in keys}


def _keys(*sources: dict[str, Any]) -> Strings:
    # NOTE: KrakenD gives keys in another order each time; here it is always that of the alphabet
    return Strings(key for source in sources for key in sorted(source))


def _values(source: dict[str, Any]) -> list[Any]:
    return [source[key] for key in sorted(source)]


def _dig(*words: Any) -> Any:
    if len(words) < 3:
        raise CallError("dig needs at least three arguments")
    *keys, fallback, source = words
    for key in keys:
        if not isinstance(key, str):
            raise CallError(f"interface conversion: interface {{}} is {type_name(key)}, not string")
        if type(source) is not dict:
            found = "nil" if source is None else type_name(source)
            raise CallError(f"interface conversion: interface {{}} is {found}, not map[string]interface {{}}")
        if key not in source:
            return fallback
        source = source[key]
    return source


def _merge(target: dict[str, Any], *sources: dict[str, Any]) -> dict[str, Any]:
    for source in sources:
        _merged(target, source, overwrite=False)
    return target


def _merge_overwrite(target: dict[str, Any], *sources: dict[str, Any]) -> dict[str, Any]:
    for source in sources:
        _merged(target, source, overwrite=True)
    return target


def _merged(target: dict[str, Any], source: dict[str, Any], *, overwrite: bool) -> None:
    """Adds what is missing or, to overwrite, whatever is set; dictionaries in both are merged in turn."""
    for key, value in source.items():
        known = target.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            _merged(known, value, overwrite=overwrite)
        elif overwrite or (is_empty(known) and (value is not None or key in target)):
            target[key] = value


FUNCTIONS: Mapping[str, Function] = {
    "dict": Function("any...", _dict),
    "get": Function("map string", lambda source, key: source.get(key, "")),
    "set": Function("map string any", _set),
    "unset": Function("map string", _unset),
    "hasKey": Function("map string", lambda source, key: key in source),
    "pluck": Function("string map...", lambda key, *sources: [source[key] for source in sources if key in source]),
    "keys": Function("map...", _keys),
    "values": Function("map", _values),
    "pick": Function("map string...", _pick),
    "omit": Function("map string...", _omit),
    "merge": Function("map map...", _merge),
    "mustMerge": Function("map map...", _merge),
    "mergeOverwrite": Function("map map...", _merge_overwrite),
    "mustMergeOverwrite": Function("map map...", _merge_overwrite),
    "dig": Function("any...", _dig),
}
"""By name."""
