"""Values of earlier answers in the requests of later backends.

    {"url_pattern": "/orders/{resp0_user.id}"}
    {"sequential_propagated_params": ["resp0_user.id", "resp1"]}
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from krakpy.encoding.numbers import Number

_PLACEHOLDER = re.compile(r"\{([\w\-.:/]+)\}", re.ASCII)
_VALUE = re.compile(r"[rR]esp(\d+)(?:_([\w\-.]+))?", re.ASCII)


class Source(NamedTuple):
    """Where one value comes from, and the parameter that it becomes."""

    backend: int
    """The index of the backend that answered it."""

    path: tuple[str, ...]
    """The way to it through the document; empty for the whole body of a `no-op` backend."""

    key: str
    """The parameter: the name as it is written, its first letter in upper case."""


def sources(url_patterns: Sequence[str], propagated: Iterable[str]) -> tuple[tuple[Source, ...], ...]:
    """For each backend the values that its request needs, from backends before it.

    `propagated` names are given to every backend but the first. Names that mean a later backend, or none, give nothing.
    """
    everywhere = [source for name in propagated if (source := _source(name)) is not None]
    needed = []
    for index, pattern in enumerate(url_patterns):
        # NOTE: a bare `{resp0}` is no placeholder; the whole body has to be named among the propagated (KrakenD)
        own = [source for name in _PLACEHOLDER.findall(pattern) if (source := _source(name)) and source.path]
        needed.append(tuple(dict.fromkeys(source for source in (*own, *everywhere) if source.backend < index)))
    return tuple(needed)


def _source(name: str) -> Source | None:
    match = _VALUE.fullmatch(name)
    if match is None:
        return None
    return Source(int(match[1]), tuple(match[2].split(".")) if match[2] else (), name[0].upper() + name[1:])


def value_at(document: Mapping[str, Any], path: Sequence[str]) -> str | None:
    """The value at a path as text; None where there is none.

    NOTE: where a part of the path is missing or no object, the last part is looked up at the level that was reached
    (KrakenD: the same), so `user.id` finds the `id` of a document that has no `user`.
    """
    level: Mapping[str, Any] = document
    for part in path[:-1]:
        inner = level.get(part)
        if not isinstance(inner, Mapping):
            break
        level = inner
    last = path[-1]
    return text_of(level[last]) if last in level else None


def text_of(value: Any) -> str:
    """A value as KrakenD writes it into a path: lists joined by commas, null as `<nil>`, objects as Go prints maps."""
    if isinstance(value, list):
        return ",".join(map(_printed, value))
    return _printed(value)


def _printed(value: Any) -> str:
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{_printed(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(_printed, value)) + "]"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.text if isinstance(value, Number) else str(value)
