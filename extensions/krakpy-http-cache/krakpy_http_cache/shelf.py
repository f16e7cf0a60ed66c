"""Where answers are kept: a part of the store, with caps where there are some."""
from __future__ import annotations

from collections.abc import Awaitable
from struct import Struct
from typing import TypeVar

import msgspec
from krakpy_sdk import Store

from krakpy_http_cache.config import CacheConfig
from krakpy_http_cache.entry import Entry

T = TypeVar("T")

#: as good as for ever
_ALWAYS_S = 10.0 * 365 * 86_400
_PLACE = Struct("<qq")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Entry).decode


class Shelf:
    """Keeps entries by key, for as long as they are worth it."""

    def __init__(self, store: Store, name: str, max_entry_size: int) -> None:
        self._store = store
        self._prefix = f"cache/{name}/"
        self._max_entry_size = max_entry_size

    def get(self, key: str) -> Entry | Awaitable[Entry | None] | None:
        """The entry, if there is one; at once, where the store answers at once."""
        raw = self._store.get(self._prefix + key)
        return _read(raw) if raw is None or isinstance(raw, bytes) else self._later(raw)

    async def _later(self, raw: Awaitable[bytes | None]) -> Entry | None:
        return _read(await raw)

    async def put(self, key: str, entry: Entry) -> bool:
        """Keep an entry; whether it is kept."""
        raw = _encode(entry)
        if len(raw) > self._max_entry_size:
            return False
        await settled(self._store.put(self._prefix + key, raw, entry.ttl_s))
        return True

    async def delete(self, key: str) -> None:
        """Forget an entry."""
        await settled(self._store.delete(self._prefix + key))


class BoundedShelf(Shelf):
    """The same with so many entries and bytes at most; the least recently used go first.

    The order of use is a queue in the store, so that all workers have one: an entry that is used is put at its end once
    more, and only its last place counts.
    """

    def __init__(self, store: Store, name: str, config: CacheConfig) -> None:
        super().__init__(store, name, min(config.max_entry_size, config.max_size))
        self._max_items = config.max_items
        self._max_size = config.max_size
        self._newest = ""

    async def get(self, key: str) -> Entry | None:
        """The entry, if there is one, which is the most recently used then."""
        entry = await settled(super().get(key))
        if entry is not None and key != self._newest:
            place = await self._place(key)
            if place is not None:
                await self._queue(key, place[1])
        return entry

    async def put(self, key: str, entry: Entry) -> bool:
        """Keep an entry, and forget what is too much then."""
        size = len(_encode(entry))
        if not await super().put(key, entry):
            return False
        before = await self._place(key)
        items = await self._add("items", 0 if before else 1)
        taken = await self._add("bytes", size - (before[1] if before else 0))
        await self._queue(key, size)
        while items > self._max_items or taken > self._max_size:
            freed = await self._drop()
            if freed is None:
                break
            items, taken = items - freed[0], taken - freed[1]
        return True

    async def delete(self, key: str) -> None:
        """Forget an entry."""
        await super().delete(key)
        place = await self._place(key)
        if place is not None:
            await self._left(key, place[1])

    async def _place(self, key: str) -> tuple[int, int] | None:
        """Where an entry stands in the queue, and its size."""
        raw = await settled(self._store.get(f"{self._prefix}#at/{key}"))
        return None if raw is None else _PLACE.unpack(raw)

    async def _queue(self, key: str, size: int) -> None:
        number = await self._add("head", 1)
        self._newest = key
        await settled(self._store.put(f"{self._prefix}#at/{key}", _PLACE.pack(number, size), _ALWAYS_S))
        raw = key.encode("utf-8", "surrogateescape")
        await settled(self._store.put(f"{self._prefix}#queue/{number}", raw, _ALWAYS_S))

    async def _drop(self) -> tuple[int, int] | None:
        """What goes with the first of the queue, entries and bytes; None if there is no more."""
        number = await self._add("tail", 1)
        raw = await settled(self._store.get(f"{self._prefix}#queue/{number}"))
        if raw is None:
            return None
        await settled(self._store.delete(f"{self._prefix}#queue/{number}"))
        key = raw.decode("utf-8", "surrogateescape")
        place = await self._place(key)
        if place is None or place[0] != number:
            return 0, 0
        await super().delete(key)
        await self._left(key, place[1])
        return 1, place[1]

    async def _left(self, key: str, size: int) -> None:
        await settled(self._store.delete(f"{self._prefix}#at/{key}"))
        await self._add("items", -1)
        await self._add("bytes", -size)

    async def _add(self, counter: str, amount: int) -> int:
        return await settled(self._store.add(f"{self._prefix}#{counter}", amount, _ALWAYS_S))


def _read(raw: bytes | None) -> Entry | None:
    try:
        return None if raw is None else _decode(raw)
    except msgspec.DecodeError:  # NOTE: another version of this package may have written it
        return None


async def settled(value: T | Awaitable[T]) -> T:
    """What a store gives, whether at once or later."""
    return await value if isinstance(value, Awaitable) else value
