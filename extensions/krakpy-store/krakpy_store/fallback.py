"""What answers when a store cannot be asked: the next best one (`"on_store_error": "local"`)."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from krakpy_sdk import Store, StoreError, Taken

T = TypeVar("T")

Ask = Callable[[Store], T | Awaitable[T]]


class OrLocal:
    """Asks a store, and in the same call a nearer one where that cannot be asked."""

    def __init__(self, store: Store, local: Store) -> None:
        self._store = store
        self._local = local

    def get(self, key: str) -> bytes | Awaitable[bytes | None] | None:
        """The value, or None."""
        return self._asked(lambda store: store.get(key))

    def put(self, key: str, value: bytes, ttl_s: float) -> Awaitable[None] | None:
        """Keep the value for so many seconds."""
        return self._asked(lambda store: store.put(key, value, ttl_s))

    def add(self, key: str, amount: int, ttl_s: float) -> int | Awaitable[int]:
        """Add to a counter, and give its new value."""
        return self._asked(lambda store: store.add(key, amount, ttl_s))

    def delete(self, key: str) -> Awaitable[None] | None:
        """Forget the key."""
        return self._asked(lambda store: store.delete(key))

    def take(self, key: str, amount: int, capacity: float, per_s: float, ttl_s: float) -> Taken | Awaitable[Taken]:
        """Take tokens out of a bucket, if there are as many."""
        try:
            # PERF: the call that there are most of, without a function for it: 0.5 µs
            taken = self._store.take(key, amount, capacity, per_s, ttl_s)
        except StoreError:
            return self._local.take(key, amount, capacity, per_s, ttl_s)
        if isinstance(taken, Taken):
            return taken
        return self._awaited(taken, lambda store: store.take(key, amount, capacity, per_s, ttl_s))

    def _asked(self, ask: Ask[T]) -> T | Awaitable[T]:
        try:
            answer = ask(self._store)
        except StoreError:
            return ask(self._local)
        return self._awaited(answer, ask) if isinstance(answer, Awaitable) else answer

    async def _awaited(self, answer: Awaitable[T], ask: Ask[T]) -> T:
        try:
            return await answer
        except StoreError:
            instead = ask(self._local)
        return await instead if isinstance(instead, Awaitable) else instead
