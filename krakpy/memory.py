"""What many remember within one bound, each in a dictionary of its own.

    memory = Memory(most=16_384, most_each=256)
    memory.keep(own, key, value)        # own[key] = value, and whoever remembers longest may have forgotten all
"""
from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory:
    """Counts the entries of many dictionaries, and empties one where there would be too many.

    PERF: it is asked when something new is remembered, and never by who looks it up. One dictionary for all would want
    keys that say whose they are, and a look-up in more memory than the caches of a processor have.
    """

    def __init__(self, *, most: int, most_each: int) -> None:
        self._room = most
        self._most_each = most_each
        #: those that are not empty, the one that began first in front
        self._kept: dict[int, dict[Any, Any]] = {}

    def keep(self, own: dict[K, V], key: K, value: V) -> None:
        """Have `own` remember one more; nobody else may add to it."""
        if len(own) >= self._most_each:
            self._forget(own)
        elif self._room <= 0:
            self._forget(next(iter(self._kept.values())))
        if not own:
            self._kept[id(own)] = own
        self._room -= key not in own
        own[key] = value

    def _forget(self, own: dict[Any, Any]) -> None:
        del self._kept[id(own)]
        self._room += len(own)
        own.clear()
