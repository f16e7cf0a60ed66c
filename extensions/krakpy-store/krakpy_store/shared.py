"""The store `shared`: what all workers of a node keep together, in a memory-backed file.

    store = Shared(SharedConfig(folder="/dev/shm/krakpy-1"))
    store.add("hits", 1, 60.0)

The file is an LMDB database: a write takes some 3 µs, and one that a killed worker had begun is as if it had never
been. Times are on the machine's monotonic clock, which all its processes share and nobody sets.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from struct import Struct
from time import monotonic
from typing import TypeVar

import lmdb
from krakpy_sdk import ConfigError, Store, StoreError, Taken

from krakpy_store import bucket

T = TypeVar("T")

#: the longest key that is kept as it is; LMDB takes 511 bytes
_MAX_KEY_BYTES = 250
_END = Struct("<d")
_COUNTER = Struct("<dq")
_BUCKET = Struct("<dd")
#: a key that nobody asks for
_ROOM = b"\x00"
#: how many keys are looked at, for those that are over, when there is a new one
_LOOKS = 2


@dataclass(frozen=True, kw_only=True)
class SharedConfig:
    """Where values are, and how many."""

    folder: str = ""
    """A private folder that all workers see, in memory if possible; there has to be one."""
    name: str = "store"
    """The name of the file in it."""
    max_bytes: int = 64 * 1024 * 1024
    """How large the file may become; when it is full, what is over goes, and everything if that is not enough."""

    def __post_init__(self) -> None:
        if self.max_bytes < 1024 * 1024:
            raise ConfigError("must be at least 1048576 (1 MiB)", path="max_bytes")


class Shared:
    """Keeps values for all workers of a node; every method gives its value at once.

    StoreError where the file cannot be read or written.
    """

    Config = SharedConfig

    def __init__(self, config: SharedConfig, *, clock: Callable[[], float] = monotonic) -> None:
        if not config.folder:
            raise ConfigError("say where the file is to be", path="folder")
        self._clock = clock
        #: how far keys have been looked at
        self._seen = b""
        path = Path(config.folder, f"{config.name}.lmdb")
        try:
            # NOTE: nothing is ever synced, since nothing has to be there after the machine went down
            self._env = lmdb.open(
                str(path), map_size=config.max_bytes, subdir=False, sync=False, metasync=False, mode=0o600,
                max_readers=1024, readahead=False,
            )  # fmt: skip
            self._env.reader_check()
        except lmdb.Error as error:
            raise ConfigError(f"{path} cannot be opened: {error}", path="folder") from error

    def get(self, key: str) -> bytes | None:
        """The value, or None."""
        try:
            with self._env.begin() as transaction:
                entry = transaction.get(_raw(key))
        except lmdb.Error as error:
            raise StoreError(f"the shared store cannot be read: {error}") from error
        if entry is None or _END.unpack_from(entry)[0] <= self._clock():
            return None
        return bytes(entry[_END.size:])

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value for so many seconds."""
        self._written(self._put, _raw(key), _END.pack(self._clock() + ttl_s) + value)

    def add(self, key: str, amount: int, ttl_s: float) -> int:
        """Add to a counter in one step, and give its new value."""
        return self._written(self._added, _raw(key), amount, ttl_s)

    def delete(self, key: str) -> None:
        """Forget the key."""
        self._written(lmdb.Transaction.delete, _raw(key))

    def take(self, key: str, amount: int, capacity: float, per_s: float, ttl_s: float) -> Taken:
        """Take tokens out of a bucket in one step, if there are as many."""
        return self._written(self._taken, _raw(key), amount, capacity, per_s, ttl_s)

    def teardown(self) -> None:
        """Closes the file; the store is not used any more."""
        self._env.close()

    def _written(self, work: Callable[..., T], *arguments: object) -> T:
        """What a piece of work gives that is done as a whole or not at all."""
        try:
            try:
                with self._env.begin(write=True) as writing:
                    return work(writing, *arguments)
            except lmdb.MapFullError:
                self._make_room()
                with self._env.begin(write=True) as writing:
                    return work(writing, *arguments)
        except lmdb.Error as error:
            raise StoreError(f"the shared store cannot be written: {error}") from error

    def _put(self, writing: lmdb.Transaction, raw: bytes, entry: bytes) -> None:
        if writing.replace(raw, entry) is None:
            self._look(writing)

    def _added(self, writing: lmdb.Transaction, raw: bytes, amount: int, ttl_s: float) -> int:
        now = self._clock()
        entry = writing.get(raw)
        until, count = (0.0, 0) if entry is None else _COUNTER.unpack(entry)
        if until <= now:
            until, count = now + ttl_s, 0
        writing.put(raw, _COUNTER.pack(until, count + amount))
        if entry is None:
            self._look(writing)
        return int(count + amount)

    def _taken(
        self, writing: lmdb.Transaction, raw: bytes, amount: int, capacity: float, per_s: float, ttl_s: float
    ) -> Taken:
        # NOTE: the clock is read while nobody else writes, so that it never goes back for a bucket
        now = self._clock()
        entry = writing.get(raw)
        full_at = now if entry is None else _BUCKET.unpack(entry)[1]
        taken, full_at = bucket.take(full_at, now, amount, capacity, per_s)
        if taken.is_allowed:
            writing.put(raw, _BUCKET.pack(now + ttl_s, full_at))
            if entry is None:
                self._look(writing)
        return taken

    def _look(self, writing: lmdb.Transaction) -> None:
        """Look at the next keys, and forget what is over: so there are never many more than are needed."""
        cursor = writing.cursor()
        if not cursor.set_range(self._seen):
            cursor.first()
        self._sweep(cursor, _LOOKS)
        self._seen = bytes(cursor.key())

    def _sweep(self, cursor: lmdb.Cursor, most: int) -> int:
        """Look at no more keys than that, from where the cursor stands; how many were over."""
        forgotten, now = 0, self._clock()
        while most and cursor.key():
            if _END.unpack_from(cursor.value())[0] <= now:
                cursor.delete()  # which stands at the next one then
                forgotten += 1
            elif not cursor.next():
                break
            most -= 1
        return forgotten

    def _make_room(self) -> None:
        """Forget what is over; everything, where that takes more room than there is or gives too little."""
        self._env.reader_check()
        try:
            with self._env.begin(write=True) as writing:
                cursor = writing.cursor()
                entries = writing.stat()["entries"] if cursor.first() else 0
                is_enough = self._sweep(cursor, entries) > entries // 8
        except lmdb.MapFullError:
            is_enough = False
        if not is_enough:
            with self._env.begin(write=True) as writing:
                writing.drop(self._env.open_db(None, writing), delete=False)
        for _ in range(2):
            # NOTE: LMDB hands out pages that were given back when two more writes are done
            with self._env.begin(write=True) as writing:
                writing.put(_ROOM, _END.pack(0.0))


def _raw(key: str) -> bytes:
    raw = key.encode("utf-8", "surrogateescape")
    return raw if len(raw) <= _MAX_KEY_BYTES else blake2b(raw, digest_size=32).digest()


_guard: type[Store] = Shared
