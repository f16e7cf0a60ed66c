"""What a caller may do: the roles and scopes that an endpoint asks for (KrakenD: 403 without them).

    may_enter = access(config)
    may_enter({"roles": ["admin"], "scope": "read write"})
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

MISSING = object()
"""What a claim is that is not there."""

MayEnter = Callable[[Mapping[str, Any]], bool]


class Wanted(Protocol):
    """What an endpoint asks for."""

    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def roles_key(self) -> str: ...
    @property
    def roles_key_is_nested(self) -> bool: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...
    @property
    def scopes_key(self) -> str: ...
    @property
    def scopes_matcher(self) -> str: ...


def access(wanted: Wanted) -> MayEnter | None:
    """The function that looks at the claims; None where everybody may enter."""
    checks = []
    if wanted.roles:
        key = wanted.roles_key
        is_nested = wanted.roles_key_is_nested and "." in key and not key.startswith("http")
        checks.append(_check(tuple(key.split(".")) if is_nested else (key,), wanted.roles, needs_all=False))
    if wanted.scopes and wanted.scopes_key:
        path = tuple(wanted.scopes_key.split("."))
        checks.append(_check(path, wanted.scopes, needs_all=wanted.scopes_matcher == "all"))
    if not checks:
        return None
    return lambda claims: all(check(claims) for check in checks)


def _check(path: Sequence[str], names: Sequence[str], *, needs_all: bool) -> MayEnter:
    wanted = frozenset(names)

    def check(claims: Mapping[str, Any]) -> bool:
        granted = _granted(found(claims, path))
        return wanted <= granted if needs_all else not wanted.isdisjoint(granted)

    return check


def found(claims: Mapping[str, Any], path: Sequence[str]) -> Any:
    """The value at a path of members, or MISSING."""
    value: Any = claims
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return MISSING
        value = value[name]
    return value


def _granted(value: Any) -> frozenset[str]:
    """Whole words only: what is no text grants nothing (KrakenD panics)."""
    if isinstance(value, str):
        return frozenset(value.split(" "))
    if isinstance(value, list):
        return frozenset(item for item in value if isinstance(item, str))
    return frozenset()
