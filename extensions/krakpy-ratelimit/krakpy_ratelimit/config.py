"""What may be configured, and the rates that it stands for."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from krakpy_sdk import ConfigError

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_DURATION = re.compile(rf"\+?(?:{_PART.pattern})+")
#: slower than this is as good as never (KrakenD: the same)
_SLOWEST_PER_S = 1e-9


@dataclass(frozen=True, kw_only=True)
class RouterConfig:
    """Limits of one endpoint, or of the service."""

    max_rate: float = 0.0
    """How many requests there may be in `every`, of all clients together: others get 503. 0: no limit."""
    capacity: int = 0
    """How many of them may come at once. 0: as many as there may be in a second, at least 1."""
    client_max_rate: float = 0.0
    """How many requests there may be in `every` of each client: others get 429. 0: no limit."""
    client_capacity: int = 0
    """How many of a client's may come at once. 0: 1; with a `max_rate` of at least 1 in a second, as many as a client
    may have in a second."""
    every: str | float = "1s"
    """What the rates refer to, at least `1s`. What is no duration is one second."""
    strategy: str = ""
    """What tells clients apart: `ip` their address, `header` the field `key`, `param` the `{parameter}` of the path
    with the name `key`. Without it, or with another word, there is no limit for clients."""
    key: str = ""
    """The name of the field or parameter. With `ip`: a field whose first address is the client's, where it is there."""
    headers: bool = False
    """Whether answers say how much is left (`RateLimit`, `RateLimit-Policy`), and refusals when to come again
    (`Retry-After`)."""
    num_shards: int = 0
    """Not used: there are no shards."""
    cleanup_period: str | float = ""
    """Not used: what nobody needs any more goes by itself."""
    cleanup_threads: int = 0
    """Not used: there are no threads."""

    def __post_init__(self) -> None:
        _positive("capacity", self.capacity)
        _positive("client_capacity", self.client_capacity)


@dataclass(frozen=True, kw_only=True)
class ProxyConfig:
    """The limit of one backend."""

    max_rate: float = 0.0
    """How many requests there may be in `every`: others fail as if the backend had. 0: no limit."""
    capacity: int = 0
    """How many of them may come at once. 0: as many as there may be in a second, at least 1."""
    every: str | float = "1s"
    """What the rate refers to. What is no duration is one second."""

    def __post_init__(self) -> None:
        _positive("capacity", self.capacity)


class Rate(NamedTuple):
    """A bucket: how many tokens it holds, and how many it gets in a second."""

    capacity: int
    per_s: float


def endpoint_rate(config: RouterConfig) -> Rate | None:
    """The limit for all clients together, if there is one."""
    return _rate(config.max_rate, seconds(config.every, least=1.0), config.capacity)


def client_rate(config: RouterConfig) -> Rate | None:
    """The limit for each client, if there is one.

    NOTE: where its capacity is not said, it depends on the other rate (KrakenD: the same).
    """
    every_s = seconds(config.every, least=1.0)
    capacity = config.client_capacity or (1 if config.max_rate / every_s < 1 else 0)
    return _rate(config.client_max_rate, every_s, capacity)


def backend_rate(config: ProxyConfig) -> Rate | None:
    """The limit of a backend, if there is one."""
    return _rate(config.max_rate, seconds(config.every), config.capacity)


def seconds(every: str | float, *, least: float = 0.0) -> float:
    """The seconds of a duration; 1 where it is none, or less than the least (KrakenD: the same)."""
    if not isinstance(every, str) or not _DURATION.fullmatch(every):
        return 1.0
    found = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(every))
    return found if found > 0 and found >= least else 1.0


def _rate(max_rate: float, every_s: float, capacity: int) -> Rate | None:
    if max_rate <= 0:
        return None
    per_s = max(max_rate / every_s, _SLOWEST_PER_S)
    return Rate(capacity or max(1, int(per_s)), per_s)


def _positive(key: str, value: int) -> None:
    if value < 0:
        raise ConfigError("must be at least 0", path=key)
