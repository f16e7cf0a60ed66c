"""Whether a token is revoked, told from the service's `auth/revoker`.

    is_revoked = revoked_by(settings)
    is_revoked({"jti": "abc"})
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from krakpy_sdk import ConfigError, Store
from krakpy_sdk.seats import Settings
from krakpy_sdk.typed import decoded

from krakpy_jose.config import RevokerConfig
from krakpy_jose.following import Follower
from krakpy_jose.generations import Revocations

NAMESPACE = "auth/revoker"


class Revoked:
    """Tells it of claims."""

    def __init__(self, config: RevokerConfig, revocations: Revocations, follower: Follower | None) -> None:
        self._keys = config.token_keys
        self._has = revocations.has
        self.revoke = revocations.add
        """Revokes an element on this node."""
        self.follower = follower
        """Who tells the other nodes and hears of them; None where there are none."""

    def __call__(self, claims: Mapping[str, Any]) -> bool:
        return any(self._has(element) for element in self._elements(claims))

    async def publish(self, revoked: str) -> None:
        """Tell the other nodes of an element; StoreError if that cannot be done."""
        if self.follower is not None:
            await self.follower.publish(revoked)

    def _elements(self, claims: Mapping[str, Any]) -> Iterator[str]:
        for key in self._keys:
            value = claims.get(key)
            if isinstance(value, str | int):
                yield element(key, value)


def element(key: str, value: str | int) -> str:
    """What is in the filter for a claim (KrakenD: the same text)."""
    return f"{key}-{value}"


def revoked_by(settings: Settings) -> Revoked | None:
    """What tells it for this service; None where nothing is ever revoked."""
    raw = settings.service.get(NAMESPACE)
    if raw is None:
        return None
    config, misfits = decoded(RevokerConfig, raw)
    for misfit in misfits:
        raise ConfigError(f"{NAMESPACE}: {misfit.path}: {misfit.message}")
    return revoked(settings, cast(RevokerConfig, config))


def revoked(settings: Settings, config: RevokerConfig) -> Revoked:
    """What tells it with these settings, one for all who ask in a worker."""
    revocations: Revocations = settings.driver(
        "revocations", "bloom",
        {"folder": settings.shared_folder, "count": config.N, "share": config.P, "ttl_s": config.TTL},
    )
    store = cluster_store(settings)
    follower = None if store is None else revocations.follow(store, config.sync_interval.total_seconds())
    return Revoked(config, revocations, follower)


def cluster_store(settings: Settings) -> Store | None:
    """The store that several nodes share, if the configuration has one: it is there beside this node's filters."""
    chosen = settings.service.get("krakpy/store")
    if not isinstance(chosen, Mapping) or chosen.get("driver", "shared") in ("shared", "memory"):
        return None
    # NOTE: who has chosen a store has installed the package, and nobody else needs it
    from krakpy_store import cluster_store_of

    return cluster_store_of(settings, "revoked")
