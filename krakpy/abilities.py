"""Whether an object has what a Protocol asks for, where that is asked of thousands of objects.

    if can(step, Balances):
        step.host()
"""
from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeGuard, TypeVar

T = TypeVar("T")


def can(value: object, ability: Callable[..., T]) -> TypeGuard[T]:
    """Whether the object has every member of a Protocol that inherits from no other.

    PERF: `isinstance` goes through the Protocol's own members each time: 10 µs, and with 5,000 endpoints a third of
    the time that their chains take to build.
    """
    return all(hasattr(value, name) for name in _members(ability))


@cache
def _members(ability: object) -> tuple[str, ...]:
    own = {**getattr(ability, "__annotations__", {}), **vars(ability)}
    return tuple(name for name in own if not name.startswith("_"))
