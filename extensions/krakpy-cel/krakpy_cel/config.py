"""What an operator writes under `validation/cel`: a list of expressions.

    checks_of([{"check_expr": "req_method == 'GET'"}])
"""
from __future__ import annotations

from dataclasses import dataclass, fields

from krakpy_sdk import ConfigError

#: what the names of comments begin with, in all of the configuration
_COMMENTS = ("@", "$", "_", "#", "x-")


@dataclass(frozen=True, kw_only=True)
class CelCheck:
    """One member of the list `validation/cel` (KrakenD: the same keys)."""

    check_expr: str
    """The expression; what is not `true` refuses the request, the answer or the token."""

    mod_expr: str = ""
    """Has no effect, as in KrakenD."""


_KEYS = frozenset(field.name for field in fields(CelCheck))


def checks_of(raw: object) -> tuple[CelCheck, ...]:
    """The checks in their order; ConfigError for what is no list of them."""
    if not isinstance(raw, list | tuple):
        raise ConfigError('must be a list: [{"check_expr": "req_method == \'GET\'"}]')
    return tuple(_check(index, member) for index, member in enumerate(raw))


def _check(index: int, raw: object) -> CelCheck:
    place = f"[{index}]"
    if not isinstance(raw, dict):
        raise ConfigError("must be an object with the key check_expr", path=place)
    values = {key: value for key, value in raw.items() if not key.startswith(_COMMENTS)}
    for key, value in values.items():
        if key not in _KEYS:
            raise ConfigError("no such key: there are check_expr and mod_expr", path=f"{place}.{key}")
        if not isinstance(value, str):
            raise ConfigError("must be a text", path=f"{place}.{key}")
    if not values.get("check_expr", "").strip():
        raise ConfigError("must be an expression", path=f"{place}.check_expr")
    return CelCheck(**values)
