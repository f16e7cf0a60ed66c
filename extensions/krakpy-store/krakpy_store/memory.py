"""The store `memory`: what one worker keeps for itself.

    store = Memory(MemoryConfig())
    store.take("rate/10.0.0.1", 1, 10, 5.0, 2.0)
"""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from krakpy_sdk import ConfigError, Store, Taken

from krakpy_store import bucket

Value = bytes | int | float


@dataclass(frozen=True, kw_only=True)
class MemoryConfig:
    """How much is kept."""

    max_keys: int = 100_000
    """How many keys are kept; beyond that old ones go."""

    def __post_init__(self) -> None:
        if self.max_keys < 1:
            raise ConfigError("must be at least 1", path="max_keys")


class Memory:
    """Keeps values in this process; every method gives its value at once."""

    Config = MemoryConfig

    def __init__(self, config: MemoryConfig | None = None, *, clock: Callable[[], float] = monotonic) -> None:
        self._max_keys = (config or MemoryConfig()).max_keys
        self._clock = clock
        #: key -> when it ends, and its value
        self._entries: OrderedDict[str, tuple[float, Value]] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """The value, or None."""
        value = self._live(key, self._clock())
        return value if isinstance(value, bytes) else None

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value for so many seconds."""
        now = self._clock()
        self._keep(key, now + ttl_s, value, now)

    def add(self, key: str, amount: int, ttl_s: float) -> int:
        """Add to a counter, and give its new value."""
        now = self._clock()
        entry = self._entries.get(key)
        if entry is None or entry[0] <= now or not isinstance(entry[1], int):
            self._keep(key, now + ttl_s, amount, now)
            return amount
        total = entry[1] + amount
        self._entries[key] = (entry[0], total)
        return total

    def delete(self, key: str) -> None:
        """Forget the key."""
        self._entries.pop(key, None)

    def take(self, key: str, amount: int, capacity: float, per_s: float, ttl_s: float) -> Taken:
        """Take tokens out of a bucket, if there are as many."""
        now = self._clock()
        entry = self._entries.get(key)
        full_at = now if entry is None or entry[0] <= now else entry[1]
        assert not isinstance(full_at, bytes), "a key is used with one kind of method"
        taken, full_at = bucket.take(full_at, now, amount, capacity, per_s)
        if entry is None:
            self._keep(key, now + ttl_s, full_at, now)
        else:
            self._entries[key] = (now + ttl_s, full_at)
        return taken

    def _live(self, key: str, now: float) -> Value | None:
        entry = self._entries.get(key)
        return None if entry is None or entry[0] <= now else entry[1]

    def _keep(self, key: str, until: float, value: Value, now: float) -> None:
        """Keep a value, and look at two others: so what is over goes, and there are never more than `max_keys`."""
        entries = self._entries
        entries[key] = (until, value)
        for _ in range(2):
            old, entry = entries.popitem(last=False)
            if old == key or (entry[0] > now and len(entries) < self._max_keys):
                entries[old] = entry


_guard: type[Store] = Memory
