"""The keys of one endpoint, wherever they come from.

    keyring = keyring_of(settings)
    keys = keyring.at_hand() or await keyring.fetched(name)
"""
from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from krakpy_sdk.seats import Settings

from krakpy_jose.algorithms import Algorithm
from krakpy_jose.config import KeyConfig, ValidatorConfig
from krakpy_jose.key_file import read_file
from krakpy_jose.key_server import Jwks
from krakpy_jose.keys import KeySet

#: how many names of missing keys are remembered at most
MAX_MISSING = 1024
#: how long the start waits for the first keys of an address, in seconds
WARM_UP_S = 2.0


class Keyring(Protocol):
    """Gives the keys of an endpoint."""

    def at_hand(self) -> KeySet | None:
        """The keys, if nothing has to be awaited for them."""

    async def warm_up(self) -> None:
        """Get the keys before the first request, if that does not take long."""

    async def fetched(self, name: str) -> KeySet | None:
        """The keys with one of this name among them, if that is anywhere; None if there are no keys."""


class FileKeyring:
    """The keys of a file, read once."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    def at_hand(self) -> KeySet:
        """The keys."""
        return self._keys

    async def warm_up(self) -> None:
        """They are here."""

    async def fetched(self, name: str) -> KeySet:  # noqa: ARG002  there is no more than the file has
        """The keys."""
        return self._keys


class ServerKeyring:
    """The keys of an address."""

    def __init__(
        self,
        server: Jwks,
        config: ValidatorConfig,
        algorithm: Algorithm,
        wait_s: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._server = server
        self._wait_s = wait_s
        self._max_age_s = config.max_age_s
        self._max_stale_s = config.max_stale.total_seconds()
        self._kind = config.key_identify_strategy, algorithm
        self._cooldown_s = config.failed_jwk_key_cooldown.total_seconds()
        self._missing: dict[str, float] = {}
        self._clock = clock

    def at_hand(self) -> KeySet | None:
        """The keys that were downloaded a while ago, where they may be kept."""
        return self._server.kept(self._max_age_s)

    async def warm_up(self) -> None:
        """Download them, where they are kept."""
        if self._max_age_s:
            await self._server.warm_up(self._max_age_s, WARM_UP_S)

    async def fetched(self, name: str) -> KeySet | None:
        """The keys; downloaded again for a name that is not among them, but not for every one that is made up."""
        kept = self.at_hand()
        if kept is None:
            return await self._server.fresh(self._max_age_s, self._max_stale_s, self._wait_s)
        if name in kept.verifiers(*self._kind) or self._is_missing(name):
            return kept
        keys = await self._server.renewed(self._wait_s)
        if keys is not None and name not in keys.verifiers(*self._kind):
            self._remember_missing(name)
        return keys or kept

    def _is_missing(self, name: str) -> bool:
        return self._clock() < self._missing.get(name, 0.0)

    def _remember_missing(self, name: str) -> None:
        if self._cooldown_s >= 1.0:
            while len(self._missing) >= MAX_MISSING:
                del self._missing[next(iter(self._missing))]
            self._missing[name] = self._clock() + self._cooldown_s


def server_of(settings: Settings, config: KeyConfig) -> Jwks:
    """The server of an endpoint's keys, one for all endpoints with the same settings for it."""
    server: Jwks = settings.driver(
        "jwks", "http",
        {
            "url": config.jwk_url,
            "ca_file": config.jwk_local_ca,
            "pins": sorted(pin.hex() for pin in config.pins),
            "cipher_suites": list(config.cipher_suites),
            "folder": settings.shared_folder,
        },
    )
    return server


def keyring_of(settings: Settings, config: ValidatorConfig, algorithm: Algorithm, wait_s: float) -> Keyring:
    """The keys of an endpoint; ConfigError for a file that has none."""
    if config.jwk_local_path:
        return FileKeyring(read_file(config))
    return ServerKeyring(server_of(settings, config), config, algorithm, wait_s)
