"""What is revoked on this node: Bloom filters that follow one another, so that what is old ends.

    revoked = Generations({"folder": "/dev/shm/…", "count": 100_000, "share": 1e-7, "ttl_s": 3600})
    revoked.add("jti-abc")
    revoked.has("jti-abc")      # True for one to two hours, in every worker

The driver `bloom` of the family `revocations`: one for each worker.
"""
from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from krakpy_sdk import ConfigError, Store

from krakpy_jose.bloom import BloomFile, size_for
from krakpy_jose.following import Follower

_NAME = re.compile(r"(\d+)-(\d+)-(\d+)-(\d+)\.bloom")


@dataclass(frozen=True, kw_only=True)
class GenerationsConfig:
    """Where the filters are, and how large."""

    folder: str
    """A folder that all workers of the node share."""
    count: int
    """How many revocations one filter is made for."""
    share: float
    """How often it may be wrong about a token that is not revoked."""
    ttl_s: int
    """How long a revocation is kept at least."""


class Revocations(Protocol):
    """Knows what is revoked: the family `revocations`."""

    def __init__(self, config: Any) -> None: ...
    def has(self, element: str) -> bool:
        """Whether an element, such as `jti-abc`, is revoked."""

    def add(self, element: str) -> None:
        """Revoke it on this node."""

    def follow(self, store: Store, interval_s: float) -> Follower:
        """Revoke what other nodes revoke, as often as this; the one who follows them."""


class Generations:
    """The filters of now and of the time after it: an element is added to both, and looked up in the first."""

    def __init__(self, config: Mapping[str, Any], *, now: Callable[[], float] = time.monotonic) -> None:
        own = GenerationsConfig(**config)
        self._folder = Path(own.folder, "revoked")
        self._ttl_s = own.ttl_s
        try:
            self._size = size_for(own.count, own.share)
        except ValueError as error:
            raise ConfigError(str(error), path="N") from None
        self._now = now
        self._slot = -1
        self._open: dict[str, BloomFile] = {}
        self._live: list[BloomFile] = []
        self._follower: Follower | None = None
        self._turn()

    def has(self, element: str) -> bool:
        """Whether an element is revoked."""
        if int(self._now()) // self._ttl_s != self._slot:
            self._turn()
        return any(element in each for each in self._live)

    def add(self, element: str) -> None:
        """Revoke an element on this node, for `ttl_s` at least and twice as long at most."""
        if int(self._now()) // self._ttl_s != self._slot:
            self._turn()
        for slot in (self._slot, self._slot + 1):
            self._filter(self._name(slot)).add(element)

    def follow(self, store: Store, interval_s: float) -> Follower:
        """Revoke what other nodes revoke, from `setup` on."""
        if self._follower is None:
            self._follower = Follower(store, self.add, interval_s=interval_s, ttl_s=2.0 * self._ttl_s)
        return self._follower

    async def teardown(self) -> None:
        """Let go of files and tasks."""
        if self._follower is not None:
            await self._follower.stop()
        for each in self._open.values():
            each.close()
        self._open.clear()
        self._live = []

    def _turn(self) -> None:
        """Begin another generation: open what is live, with what other settings have left, and remove the rest."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._slot = int(self._now()) // self._ttl_s
        live = {self._name(self._slot): None, self._name(self._slot + 1): None}
        for path in self._folder.iterdir():
            name = _NAME.fullmatch(path.name)
            if name is not None:
                ttl_s, slot = int(name[3]), int(name[4])
                if (slot + 2) * ttl_s < self._now():
                    path.unlink(missing_ok=True)
                elif slot == int(self._now()) // ttl_s or ttl_s != self._ttl_s:
                    live[path.name] = None
        for name_of_old in [name for name in self._open if name not in live]:
            self._open.pop(name_of_old).close()
        opened = {name: self._filter(name) for name in live}
        self._live = [each for name, each in opened.items() if name != self._name(self._slot + 1)]

    def _filter(self, name: str) -> BloomFile:
        if name not in self._open:
            bits, hashes, *_ = map(int, name.removesuffix(".bloom").split("-"))
            self._open[name] = BloomFile(self._folder / name, bits, hashes)
        return self._open[name]

    def _name(self, slot: int) -> str:
        bits, hashes = self._size
        return f"{bits}-{hashes}-{self._ttl_s}-{slot}.bloom"


_guard: type[Revocations] = Generations
