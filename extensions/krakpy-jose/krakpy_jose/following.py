"""Revocations of all nodes, through the store that they share: a list that only grows, read on from where one was.

    follower = Follower(store, revoke, interval_s=1.0, ttl_s=7200.0)
    await follower.start()
    await follower.publish("jti-abc")       # other nodes have it within a second
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from krakpy_sdk import Store
from krakpy_sdk.drivers import StoreError

log = logging.getLogger("krakpy.extension.auth.revoker")

T = TypeVar("T")

#: the counter of the list; it has to outlive everything that it counts
_COUNT = "revoked/count"
_COUNT_TTL_S = 10 * 365 * 86400.0
#: how many missing entries in a row end the way back through a list, and how often an entry is waited for
_GAP = 64
_PATIENCE = 5
#: how long the start waits for what is revoked already, in seconds
_START_S = 2.0


class Follower:
    """Reads what others have added, and adds what is added here."""

    def __init__(self, store: Store, revoke: Callable[[str], None], *, interval_s: float, ttl_s: float) -> None:
        self._store = store
        self._revoke = revoke
        self._interval_s = interval_s
        self._ttl_s = ttl_s
        self._position: int | None = None
        self._late: dict[int, int] = {}
        self._is_well = True
        self._is_up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to follow, and know what there is, if that does not take long; once is enough."""
        if self._task is None:
            self._task = asyncio.create_task(self._follow())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_up.wait(), _START_S)

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def publish(self, element: str) -> None:
        """Tell every node; StoreError if the store cannot be asked."""
        index = await settled(self._store.add(_COUNT, 1, _COUNT_TTL_S))
        await settled(self._store.put(_entry(index), element.encode(), self._ttl_s))

    async def catch_up(self) -> None:
        """Read what is new; StoreError if the store cannot be asked."""
        count = await settled(self._store.add(_COUNT, 0, _COUNT_TTL_S))
        if self._position is None or count < self._position:
            # NOTE: at the start, or when the store has lost everything, all that is still there
            await self._read_back(count)
        else:
            for index in range(self._position + 1, count + 1):
                self._late[index] = _PATIENCE
        self._position = count
        for index in list(self._late):
            await self._read_late(index)

    async def _read_back(self, count: int) -> None:
        missing = 0
        while count > 0 and missing < _GAP:
            missing = 0 if await self._read(count) else missing + 1
            count -= 1

    async def _read_late(self, index: int) -> None:
        """An entry is counted before it is written, and may be on its way."""
        if await self._read(index) or self._late[index] <= 1:
            del self._late[index]
        else:
            self._late[index] -= 1

    async def _read(self, index: int) -> bool:
        value = await settled(self._store.get(_entry(index)))
        if value is not None:
            self._revoke(value.decode("utf-8", "replace"))
        return value is not None

    async def _follow(self) -> None:
        while True:
            try:
                await self.catch_up()
                self._is_well = True
            except StoreError as error:
                if self._is_well:
                    log.warning("revocations of other nodes cannot be read: %s", error)
                self._is_well = False
            self._is_up.set()
            await asyncio.sleep(self._interval_s)


def _entry(index: int) -> str:
    return f"revoked/{index}"


async def settled(value: T | Awaitable[T]) -> T:
    """What a store gives, at once or awaited."""
    return await value if isinstance(value, Awaitable) else value
