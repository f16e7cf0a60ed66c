"""The onion, written once.

    compose([outer, inner], terminal)   # outer(inner(terminal))
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

P = TypeVar("P")


def compose(steps: Iterable[Callable[[P], P]], terminal: P) -> P:
    """The terminal wrapped in every step; the first step is the outermost."""
    proxy = terminal
    for step in reversed(list(steps)):
        proxy = step(proxy)
    return proxy
