"""Which store a configuration chooses.

    {"extra_config": {"krakpy/store": {"driver": "redis", "url": "redis://10.0.0.5:6379/0"}}}

    store = store_of(settings, "rate")
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, cast

from krakpy_sdk import ASGIApp, ConfigError, Receive, Scope, Send, ServerMiddleware, ServerSettings, Store
from krakpy_sdk.seats import Settings
from krakpy_sdk.typed import decoded

from krakpy_store.fallback import OrLocal

NAMESPACE = "krakpy/store"


@dataclass(frozen=True, kw_only=True)
class StoreConfig:
    """Where the gateway keeps what its workers share."""

    driver: str = "shared"
    """Who keeps it: `memory` each worker by itself, `shared` all workers of a node together, `redis` all nodes; or the
    name of a driver of another package."""
    on_store_error: Literal["local", "refuse"] = "local"
    """What happens where the store cannot be asked: `local` counts nearer by (each node instead of all of them, each
    worker instead of the node), `refuse` answers 503."""
    url: str = ""
    """`redis`: where it is, `redis://user:password@host:6379/0`; with `rediss://` over TLS, with `unix:///path` over a
    socket."""
    timeout: timedelta = timedelta(milliseconds=50)
    """`redis`: how long an answer may take before Redis counts as away."""
    prefix: str = "krakpy"
    """`redis`: how every key begins; gateways with the same prefix and service name share what they count."""
    max_bytes: int = 64 * 1024 * 1024
    """`shared`: how large each of its files may become; old values go before it is larger."""
    max_keys: int = 100_000
    """`memory`: how many keys are kept; beyond that old ones go."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The settings of a driver of another package."""

    def __post_init__(self) -> None:
        if self.driver == "redis" and not self.url:
            raise ConfigError("say where Redis is, for example redis://127.0.0.1:6379/0", path="url")
        if self.url and self.driver != "redis":
            raise ConfigError(f"the driver {self.driver!r} has no address", path="url")


class StoreNamespace:
    """Answers `krakpy/store` at the service: it says where others keep things, and stands in nobody's way."""

    Config = StoreConfig

    @staticmethod
    def applies_to(settings: ServerSettings) -> bool:  # noqa: ARG004  for every service
        return False

    def __init__(self, settings: ServerSettings, next: ASGIApp) -> None:  # noqa: ARG002  nothing but the contract
        self._next = next

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._next(scope, receive, send)


def store_of(settings: Settings, space: str) -> Store:
    """The store that the configuration chooses; what is kept in one space takes no room from another.

    To be called while a middleware is built, by packages that depend on this one. Its keys have to be the caller's own:
    `space` is no part of them.
    """
    config = _config(settings)
    store = _driver(settings, config, space)
    if config.driver == "memory" or config.on_store_error == "refuse":
        return store
    if config.driver == "shared":
        return OrLocal(store, _memory(settings, config))
    return OrLocal(store, _shared(settings, config, space))


def node_store_of(settings: Settings, space: str) -> Store:
    """The store of this node, for what is about this node alone; each of its methods answers at once."""
    config = _config(settings)
    if config.driver == "memory":
        return _memory(settings, config)
    return OrLocal(_shared(settings, config, space), _memory(settings, config))


def cluster_store_of(settings: Settings, space: str) -> Store | None:
    """The store that several nodes share, for what must not be kept nearer by; None where a node is by itself."""
    config = _config(settings)
    return None if config.driver in ("memory", "shared") else _driver(settings, config, space)


def answers_at_once(settings: Settings) -> bool:
    """Whether the methods of the chosen store never have to be awaited."""
    return _config(settings).driver in ("memory", "shared")


def _config(settings: Settings) -> StoreConfig:
    config, misfits = decoded(StoreConfig, settings.service.get(NAMESPACE, {}))
    for misfit in misfits:
        raise ConfigError(misfit.message, path=misfit.path)
    return cast(StoreConfig, config)


def _driver(settings: Settings, config: StoreConfig, space: str) -> Store:
    if config.driver == "memory":
        return _memory(settings, config)
    if config.driver == "shared":
        return _shared(settings, config, space)
    if config.driver == "redis":
        timeout_s = config.timeout.total_seconds()
        own = {"url": config.url, "timeout_s": timeout_s, "prefix": f"{config.prefix}:{settings.name}:"}
        return cast(Store, settings.driver("store", "redis", own))
    return cast(Store, settings.driver("store", config.driver, dict(config.options)))


def _memory(settings: Settings, config: StoreConfig) -> Store:
    return cast(Store, settings.driver("store", "memory", {"max_keys": config.max_keys}))


def _shared(settings: Settings, config: StoreConfig, space: str) -> Store:
    own = {"folder": settings.shared_folder, "name": space, "max_bytes": config.max_bytes}
    return cast(Store, settings.driver("store", "shared", own))


_guard: type[ServerMiddleware] = StoreNamespace
