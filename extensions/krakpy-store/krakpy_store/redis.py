"""The store `redis`: what all nodes keep together.

    store = Redis(RedisConfig(url="redis://10.0.0.5:6379/0", prefix="krakpy:shop:"))
    taken = await store.take("rate/10.0.0.1", 1, 10, 5.0, 2.0)

Every method is one command, so that it is done in one step and one round trip. The clock is Redis' own.
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from hashlib import sha1
from math import ceil
from typing import Any

from krakpy_sdk import ConfigError, Store, StoreError, Taken

from krakpy_store.link import Address, Argument, Link, ReplyError, connected

log = logging.getLogger("krakpy.store")

#: how long nobody tries again after Redis was away, in seconds
_REST_S = 1.0

#: `krakpy_store.bucket`, in one step; what is rounded away are microseconds
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local amount, capacity, per_s = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
full_at = math.min(math.max(full_at, now), now + capacity / per_s)
local later = full_at + amount / per_s
local left = capacity - (later - now) * per_s
local rounding = 0.000001 + per_s * 0.000002
if left >= -rounding then
  redis.call('SET', KEYS[1], string.format('%.6f', later), 'PX', ARGV[4])
  return {1, math.floor(left + rounding), '0'}
end
local there = capacity - (full_at - now) * per_s
return {0, math.max(0, math.floor(there + rounding)), string.format('%.6f', -left / per_s)}
"""
_ADD = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return count
"""


@dataclass(frozen=True, kw_only=True)
class RedisConfig:
    """Where Redis is."""

    url: str = ""
    """`redis://user:password@host:6379/0`, `rediss://` over TLS, `unix:///path?db=0` over a socket."""
    timeout_s: float = 0.05
    """How long an answer may take before Redis counts as away, in seconds."""
    prefix: str = "krakpy:"
    """How every key begins."""

    def __post_init__(self) -> None:
        if self.timeout_s <= 0:
            raise ConfigError("must be longer than nothing", path="timeout")


class Redis:
    """Keeps values in Redis, over one connection; every method has to be awaited.

    StoreError where Redis is away: at once as long as it is known to be. Then it is tried again every second, while
    nobody waits for that.
    """

    Config = RedisConfig

    def __init__(self, config: RedisConfig) -> None:
        self._address = Address.parse(config.url)
        self._timeout_s = config.timeout_s
        self._prefix = config.prefix
        self._scripts = {script: sha1(script.encode(), usedforsecurity=False).hexdigest() for script in (_TAKE, _ADD)}
        self._link: Link | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._rests_until = 0.0
        #: what was said last: whether it is there
        self._is_there = True

    async def setup(self) -> None:
        """Connects; where Redis is away nothing waits for it."""
        await self._connect()

    def teardown(self) -> None:
        """Ends the connection."""
        if self._connecting is not None:
            self._connecting.cancel()
        self._rests_until = float("inf")
        self._is_there = False
        if self._link is not None:
            self._link.close()

    def get(self, key: str) -> Awaitable[bytes | None]:
        """The value, or None."""
        return self._call("GET", self._prefix + key)

    def put(self, key: str, value: bytes, ttl_s: float) -> Awaitable[None]:
        """Keep the value for so many seconds."""
        return self._silent("SET", self._prefix + key, value, "PX", _milliseconds(ttl_s))

    def add(self, key: str, amount: int, ttl_s: float) -> Awaitable[int]:
        """Add to a counter in one step, and give its new value."""
        return self._run(_ADD, key, amount, _milliseconds(ttl_s))

    def delete(self, key: str) -> Awaitable[None]:
        """Forget the key."""
        return self._silent("DEL", self._prefix + key)

    async def take(self, key: str, amount: int, capacity: float, per_s: float, ttl_s: float) -> Taken:
        """Take tokens out of a bucket in one step, if there are as many."""
        allowed, remaining, retry_after_s = await self._run(
            _TAKE, key, amount, repr(float(capacity)), repr(float(per_s)), _milliseconds(ttl_s)
        )
        return Taken(bool(allowed), remaining, float(retry_after_s))

    async def _silent(self, *command: Argument) -> None:
        await self._call(*command)

    async def _run(self, script: str, key: str, *arguments: Argument) -> Any:
        try:
            return await self._call("EVALSHA", self._scripts[script], 1, self._prefix + key, *arguments)
        except ReplyError as error:
            if "NOSCRIPT" not in str(error):
                raise
            # NOTE: somebody flushed the scripts; this loads it again
            return await self._call("EVAL", script, 1, self._prefix + key, *arguments)

    async def _call(self, *command: Argument) -> Any:
        link = self._link
        if link is None:
            link = await self._wait_for_link()
        try:
            answer = await link.call(*_encodable(command))
        except StoreError as error:
            self._note(is_there=False, why=str(error))
            raise
        if not self._is_there:
            self._note(is_there=True)
        return answer

    async def _wait_for_link(self) -> Link:
        """The connection, once it is there; only the first ones wait, as long as Redis has not been away."""
        loop = asyncio.get_running_loop()
        if self._connecting is None and loop.time() >= self._rests_until:
            self._connecting = loop.create_task(self._connect())
        if self._connecting is not None and self._is_there:
            await asyncio.shield(self._connecting)
        if self._link is None:
            raise StoreError(f"Redis at {self._address} is away")
        return self._link

    async def _connect(self) -> None:
        try:
            self._link = await connected(
                self._address, timeout_s=self._timeout_s, scripts=tuple(self._scripts), broken=self._lost
            )
        except StoreError as error:
            self._lost(str(error))
        else:
            self._note(is_there=True)
        finally:
            self._connecting = None

    def _lost(self, why: str) -> None:
        self._link = None
        self._rests_until = max(self._rests_until, asyncio.get_running_loop().time() + _REST_S)
        self._note(is_there=False, why=why)

    def _note(self, *, is_there: bool, why: str = "") -> None:
        if is_there == self._is_there:
            return
        self._is_there = is_there
        if is_there:
            log.warning("Redis at %s is back", self._address)
        else:
            log.warning("Redis at %s cannot be used: %s", self._address, why)


def _milliseconds(seconds: float) -> int:
    return max(1, ceil(min(seconds, 10.0**9) * 1000))


def _encodable(command: tuple[Argument, ...]) -> tuple[Argument, ...]:
    # NOTE: what clients send may be no text
    return tuple(part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part for part in command)


_guard: type[Store] = Redis
