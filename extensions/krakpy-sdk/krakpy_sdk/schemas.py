"""The JSON Schema of an extension's settings, told from its class with the standard library alone.

    schema_of(Config)   # {"type": "object", "properties": {"header": {"type": "string", "default": "X-Country"}}, …}
"""
from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Mapping
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

_LEAVES: Mapping[Any, str] = MappingProxyType({bool: "boolean", int: "integer", float: "number", str: "string"})

Schema = dict[str, Any]
Within = tuple[type, ...]
"""The classes that a schema is inside of: one that holds itself says nothing more the second time."""


def schema_of(config: Any) -> Schema:
    """What a class of settings accepts (draft 2020-12); empty, which is anything, where it does not say."""
    try:
        return _object(config, ()) if _fields(config) else {}
    except Exception:  # noqa: BLE001  # annotations may be anything, and say nothing then
        return {}


def _fields(kind: Any) -> list[tuple[str, Any]]:
    """The names of the fields of a dataclass, or of a Struct of msgspec, and the values that they have by default."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return [(field.name, field.default) for field in dataclasses.fields(kind) if field.init]
    names = tuple(getattr(kind, "__struct_encode_fields__", ()))
    # NOTE: msgspec has a mark of its own for a field without a default that follows one with
    marks = getattr(kind, "__struct_defaults__", ())
    defaults = tuple(dataclasses.MISSING if repr(mark) == "NODEFAULT" else mark for mark in marks)
    return list(zip(names, (dataclasses.MISSING,) * (len(names) - len(defaults)) + defaults, strict=True))


def _object(kind: Any, within: Within) -> Schema:
    within = (*within, kind)
    hints = get_type_hints(kind, include_extras=True)
    own = getattr(kind, "__struct_fields__", None)
    fields = _fields(kind)
    keys = dict(zip((name for name, _ in fields), own or (name for name, _ in fields), strict=True))
    properties = {
        name: _schema(hints.get(keys[name], Any), within) | _default(default) for name, default in fields
    }
    required = [name for name, default in fields if default is dataclasses.MISSING and not _has_factory(kind, name)]
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {})


def _has_factory(kind: Any, name: str) -> bool:
    found = getattr(kind, "__dataclass_fields__", {}).get(name)
    return found is not None and found.default_factory is not dataclasses.MISSING


def _default(value: Any) -> Schema:
    try:
        return {"default": json.loads(json.dumps(value))}
    except (TypeError, ValueError):
        return {}


def _schema(kind: Any, within: Within) -> Schema:
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    origin, arguments = get_origin(kind) or kind, get_args(kind)
    if origin in _LEAVES:
        return {"type": _LEAVES[origin]}
    if origin in (None, NoneType):
        return {"type": "null"}
    if origin in (Union, UnionType):
        return {"anyOf": [_schema(member, within) for member in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if isinstance(origin, type):
        return _of_class(origin, arguments, within)
    return {}


def _of_class(origin: type, arguments: tuple[Any, ...], within: Within) -> Schema:
    if issubclass(origin, enum.Enum):
        return {"enum": [member.value for member in origin]}
    if _fields(origin):
        return {} if origin in within else _object(origin, within)
    if issubclass(origin, Mapping):
        return {"type": "object", **({"additionalProperties": _schema(arguments[1], within)} if arguments else {})}
    if issubclass(origin, list | tuple | set | frozenset):
        return {"type": "array", **_items(origin, arguments, within)}
    return {}


def _items(origin: type, arguments: tuple[Any, ...], within: Within) -> Schema:
    if not arguments:
        return {}
    if issubclass(origin, tuple) and arguments[-1] is not Ellipsis:
        return {"prefixItems": [_schema(kind, within) for kind in arguments], "items": False}
    return {"items": _schema(arguments[0], within)}
