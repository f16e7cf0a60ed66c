"""The lives of what a worker has built: set up before the first request, torn down at the end, and asked how it is.

    lives.check(key)                        # ExtensionError if its set-up has failed before
    lives.add(key, middleware, guard)
    is_well = await lives.begin()

Optional methods of a middleware or a driver: `setup()`, `teardown()`, `def` or `async def`, and `status()`.
"""
from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from krakpy.errors import ExtensionError
from krakpy.extension.guard import Guard
from krakpy.extension.lifecycle import called_at_end, called_at_start

_METHODS = ("setup", "teardown", "status")


@dataclass(frozen=True, slots=True)
class Life:
    """One built object that has at least one of the methods."""

    key: Hashable
    instance: Any
    guard: Guard
    is_driver: bool


class Lives:
    """Everything of one worker that has a life."""

    def __init__(self) -> None:
        self._lives: list[Life] = []
        self._begun: list[Life] = []
        self._failed: dict[Hashable, ExtensionError] = {}

    def check(self, key: Hashable) -> None:
        """Raise what the set-up of the object with this key has failed with, if it has."""
        if key in self._failed:
            raise self._failed[key]

    def add(self, key: Hashable, instance: Any, guard: Guard, *, is_driver: bool = False) -> None:
        """Note what was built. The key is the same when it is built again."""
        if any(callable(getattr(instance, name, None)) for name in _METHODS):
            self._lives.append(Life(key, instance, guard, is_driver))

    async def begin(self) -> bool:
        """Set everything up, drivers first, all of a kind at the same time; False if something failed at that."""
        before = len(self._failed)
        for is_driver in (True, False):
            await asyncio.gather(*(self._begin(life) for life in self._lives if life.is_driver is is_driver))
        return len(self._failed) == before

    async def end(self) -> None:
        """Tear down whatever was set up, in the reverse order, and forget everything but the failures."""
        ended, self._begun, self._lives = self._begun, [], []
        for life in reversed(ended):
            await called_at_end(life.instance, life.guard)

    def statuses(self) -> Iterator[tuple[Guard, Mapping[str, object]]]:
        """What everything that can says of itself; what fails at that is left out, and logged."""
        for life in self._lives:
            status = getattr(life.instance, "status", None)
            if callable(status):
                try:
                    yield life.guard, dict(status())
                except BaseException as error:  # noqa: BLE001  # an extension may raise anything, and the others go on
                    life.guard.failed(error, "status")

    async def _begin(self, life: Life) -> None:
        try:
            await called_at_start(life.instance, life.guard)
        except ExtensionError as error:
            self._failed[life.key] = error
        else:
            self._begun.append(life)
