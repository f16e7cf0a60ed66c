"""The order of a seat: each middleware says what it stands inside and outside of, nobody counts.

    class ConcurrentCalls:
        outside = ("load_balancer",)
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from krakpy.codes import Code
from krakpy.errors import ConfigurationError, Problem


@dataclass(frozen=True, slots=True)
class Position:
    """What one middleware says about its place; names are entry-point names."""

    name: str
    inside: tuple[str, ...] = ()
    """What wraps it."""
    outside: tuple[str, ...] = ()
    """What it wraps."""


def ordered(positions: Iterable[Position]) -> tuple[str, ...]:
    """The names, outermost first: a topological sort with ties by name; ConfigurationError names a circle."""
    positions = tuple(positions)
    wraps = _edges(positions)
    result = _sorted(wraps)
    if len(result) < len(wraps):
        names = circle(positions)
        raise ConfigurationError((Problem(Code.ORDER, names[0], f"{' and '.join(names)} ask for a circle"),))
    return tuple(result)


def circle(positions: Iterable[Position]) -> tuple[str, ...]:
    """The names that ask for a circle, sorted; empty if the positions can be ordered."""
    wraps = _edges(positions)
    left = set(wraps) - set(_sorted(wraps))
    # what is only wrapped by a circle wraps nothing of it
    while ends := {name for name in left if not wraps[name] & left}:
        left -= ends
    return tuple(sorted(left))


def _sorted(wraps: Mapping[str, set[str]]) -> list[str]:
    """The names, outermost first, as far as there is an order."""
    waiting = Counter(inner for inners in wraps.values() for inner in inners)
    ready = [name for name in wraps if not waiting[name]]
    heapify(ready)
    result: list[str] = []
    while ready:
        name = heappop(ready)
        result.append(name)
        for inner in wraps[name]:
            waiting[inner] -= 1
            if not waiting[inner]:
                heappush(ready, inner)
    return result


def _edges(positions: Iterable[Position]) -> dict[str, set[str]]:
    """For each name the names that it wraps; constraints that name what is absent say nothing."""
    known = {position.name: position for position in positions}
    wraps: dict[str, set[str]] = {name: set() for name in known}
    for position in known.values():
        wraps[position.name].update(name for name in position.outside if name in known)
        for outer in position.inside:
            if outer in known:
                wraps[outer].add(position.name)
    return wraps
