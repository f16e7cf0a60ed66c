"""The key that an endpoint signs with, from a file or from an address."""
from __future__ import annotations

from joserfc.jwk import Key
from krakpy_sdk import ConfigError, EndpointSettings

from krakpy_jose.algorithms import algorithm
from krakpy_jose.config import DEFAULT_CACHE_S, SignerConfig
from krakpy_jose.key_file import read_file
from krakpy_jose.key_server import Jwks
from krakpy_jose.keyring import WARM_UP_S, server_of
from krakpy_jose.keys import KeySet

#: how long a key serves while nobody can say whether it is still good: KrakenD gets it once, at the start
_FOR_EVER_S = float("inf")


class SigningKey:
    """Finds it. A key that cannot be had is told in the log, and sought again (KrakenD: refuses until a restart)."""

    def __init__(self, settings: EndpointSettings, config: SignerConfig) -> None:
        self.log = settings.log
        self._place = settings.place
        self._kid = config.kid
        self._algorithm = algorithm(config.alg)
        self._wait_s = settings.timeout_s
        self._server: Jwks | None = None
        self._file: KeySet | None = None
        self._found: tuple[KeySet, Key | None] | None = None
        if config.is_insecure:
            self.log.warning("%s: nobody may enter: use https:// or set disable_jwk_security", self._place)
        elif config.jwk_local_path:
            self._file = self._read(config)
        else:
            self._server = server_of(settings, config)

    def _read(self, config: SignerConfig) -> KeySet | None:
        try:
            return read_file(config)
        except ConfigError as error:
            # NOTE: KrakenD starts too, and lets nobody in
            self.log.warning("%s: nobody may enter: %s", self._place, error)
            return None

    async def warm_up(self) -> None:
        """Get it before the first request, if that does not take long."""
        if self._server is not None:
            await self._server.warm_up(DEFAULT_CACHE_S, WARM_UP_S)

    async def found(self) -> Key | None:
        """The key; None if there is none now."""
        keys = self._file
        if self._server is not None:
            keys = self._server.kept(DEFAULT_CACHE_S)
            if keys is None:
                keys = await self._server.fresh(DEFAULT_CACHE_S, _FOR_EVER_S, self._wait_s)
        return None if keys is None else self._of(keys)

    def _of(self, keys: KeySet) -> Key | None:
        if self._found is None or self._found[0] is not keys:
            try:
                self._found = keys, keys.signing_key(self._kid, self._algorithm)
            except LookupError as error:
                self.log.warning("%s: nobody may enter: %s", self._place, error)
                self._found = keys, None
        return self._found[1]
