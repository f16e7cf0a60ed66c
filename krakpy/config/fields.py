"""The fields of a class that settings are decoded into: a msgspec.Struct of ours or a dataclass of anybody's."""
from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import NODEFAULT, Meta

from krakpy.config.kinds import word

COMMENTS = ("@", "$", "_", "#", "x-")
"""How keys begin that are free for comments."""


class Field(NamedTuple):
    """One field: `name` in Python, `key` in the file."""

    name: str
    key: str
    kind: Any
    is_required: bool
    default: Callable[[], Any]


class Fields(NamedTuple):
    """All fields of a class, and what else it says about its keys."""

    by_key: Mapping[str, Field]
    by_lower_case: Mapping[str, Field]
    required: tuple[str, ...]
    rest: Field | None
    spellings: Mapping[str, str]
    accepted: Mapping[str, str]
    absent: Mapping[str, str]


class UnreadableClass(TypeError):
    """The class's annotations cannot be resolved, so nothing can be decoded into it."""


@cache
def has_fields(kind: object) -> bool:
    """Whether the type is a class that is decoded field by field."""
    return isinstance(kind, type) and (issubclass(kind, msgspec.Struct) or dataclasses.is_dataclass(kind))


@cache
def fields_of(cls: type) -> Fields:
    """The fields of a Struct or dataclass; UnreadableClass if its annotations cannot be resolved."""
    found = _of_struct(cls) if issubclass(cls, msgspec.Struct) else _of_dataclass(cls)
    rest = next((field for field in found if is_rest(field.kind)), None)
    named = [field for field in found if field is not rest]
    return Fields(
        by_key={field.key: field for field in named},
        by_lower_case={} if rest else {field.key.lower(): field for field in named},
        required=tuple(field.key for field in named if field.is_required),
        rest=rest,
        spellings=getattr(cls, "SPELLINGS", {}),
        accepted=getattr(cls, "ACCEPTED", {}),
        absent=getattr(cls, "ABSENT", {}),
    )


def _of_struct(cls: type[msgspec.Struct]) -> list[Field]:
    return [
        Field(field.name, field.encode_name, field.type, field.required, _default(field))
        for field in msgspec.structs.fields(cls)
    ]


def _of_dataclass(cls: type) -> list[Field]:
    try:
        hints = get_type_hints(cls, include_extras=True)
    except (NameError, TypeError, AttributeError) as error:
        raise UnreadableClass(f"the annotations of {cls.__qualname__} cannot be resolved: {error}") from error
    return [
        Field(field.name, field.name, hints[field.name], _is_required(field), _default(field))
        for field in dataclasses.fields(cls)
        if field.init
    ]


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _default(field: Any) -> Callable[[], Any]:
    if field.default_factory not in (NODEFAULT, dataclasses.MISSING):
        factory: Callable[[], Any] = field.default_factory
        return factory
    return lambda: field.default


def is_rest(kind: object) -> bool:
    """Whether the field collects the keys that no other field names."""
    return get_origin(kind) is Annotated and any(
        isinstance(meta, Meta) and word(meta) == "rest" for meta in get_args(kind)[1:]
    )


def is_comment(key: str) -> bool:
    """Whether the key is free text of the operator's (`@comment`, `x-owner`)."""
    return key.startswith(COMMENTS)


def nearest(key: str, fields: Fields) -> str:
    """The known key that looks most like this one, or an empty text."""
    return next(iter(get_close_matches(key.lower(), list(fields.by_key), n=1)), "")
