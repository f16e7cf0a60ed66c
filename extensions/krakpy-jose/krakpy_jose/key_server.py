"""The keys of one address: downloaded once for all workers, kept, renewed, and used on while the server is away.

    server = KeyServer({"url": "https://idp.test/keys"})
    keys = server.kept(900.0) or await server.fresh(900.0, 86400.0, 2.0)

The driver `http` of the family `jwks`: one for each address in a worker.
"""
from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from krakpy_jose.fetching import Document, FetchError, fetch
from krakpy_jose.keys import KeySet
from krakpy_jose.shared_document import Loaded, SharedDocument
from krakpy_jose.trust import client_context, pinned

log = logging.getLogger("krakpy.extension.auth.validator")

Fetch = Callable[..., Awaitable[Document]]

#: how long one download may take, and how large a set may be
DEADLINE_S = 10.0
MAX_SET_BYTES = 1 << 20
#: how often keys are downloaded because of a name that is not among them
UNKNOWN_KEY_INTERVAL_S = 30.0
#: how long a request waits for new keys while the old ones would do, and how long it takes until the next try
PATIENCE_S = 1.0
STALE_RETRY_S = 5.0
#: from which share of their life on keys are renewed in the background
RENEW_AT = 0.8
#: failures in a row after which a server without keys is asked once a second only
HASTY_TRIES = 3

_TYPES = ("application/json", "application/jwk-set+json")


@dataclass(frozen=True, kw_only=True)
class KeyServerConfig:
    """Where the keys are, and what vouches for them."""

    url: str
    """The address."""
    ca_file: str = ""
    """Certificates that may have signed the server's, beside the system's."""
    pins: Sequence[str] = ()
    """SHA-256 of the public keys that the server may have, in hexadecimal; empty: any."""
    cipher_suites: Sequence[int] = ()
    """Of TLS 1.2, by number."""
    folder: str = ""
    """Where all workers of the node keep the keys together; empty: each has its own."""


class Jwks(Protocol):
    """Gives the keys that tokens are verified with: the family `jwks`."""

    def __init__(self, config: Any) -> None: ...
    def kept(self, max_age_s: float) -> KeySet | None:
        """The keys that are at hand, unless they are older."""

    def fresh(self, max_age_s: float, max_stale_s: float, wait_s: float) -> Awaitable[KeySet | None]:
        """The keys, downloaded if they have to be; None if there are none."""

    def renewed(self, wait_s: float) -> Awaitable[KeySet | None]:
        """The keys, downloaded once more; None if that was done a moment ago."""

    def warm_up(self, max_age_s: float, wait_s: float) -> Awaitable[None]:
        """Get the keys before the first request, if that does not take long."""


class KeyServer:
    """Downloads a set of keys: one download at a time, whoever waits for it."""

    def __init__(
        self, config: Mapping[str, Any], *, fetch: Fetch = fetch, clock: Callable[[], float] = time.monotonic
    ) -> None:
        own = KeyServerConfig(**config)
        self._url = own.url
        is_tls = own.url.startswith("https://")
        self._context = client_context(ca_file=own.ca_file, cipher_suites=own.cipher_suites) if is_tls else None
        self._check_peer = pinned(map(bytes.fromhex, own.pins))
        self._fetch = fetch
        self._clock = clock
        self._shared = SharedDocument(own.folder, json.dumps(sorted(config.items()))) if own.folder else None
        self._keys: KeySet | None = None
        self._document = b""
        self._loaded_at = float("-inf")
        self._tried_at = float("-inf")
        self._asked_for_unknown_at = float("-inf")
        self._failures = 0
        self._download: asyncio.Task[None] | None = None

    def kept(self, max_age_s: float) -> KeySet | None:
        """The keys that are at hand, unless they are older; they are renewed before that."""
        if self._keys is None:
            return None
        age = self._clock() - self._loaded_at
        if age > max_age_s or not max_age_s:
            return None
        if age > max_age_s * RENEW_AT and self._may_try(STALE_RETRY_S):
            self._start(self._since(max_age_s))
        return self._keys

    async def fresh(self, max_age_s: float, max_stale_s: float, wait_s: float) -> KeySet | None:
        """The keys, downloaded if they have to be; older ones while the server is away, but not for ever."""
        kept = self.kept(max_age_s)
        if kept is not None:
            return kept
        for _ in range(2):
            stale = self._stale(max_age_s, max_stale_s)
            if not self._may_try(STALE_RETRY_S if stale else self._pause_s()):
                break
            await self._wait(self._start(self._since(max_age_s)), min(wait_s, PATIENCE_S) if stale else wait_s)
            # NOTE: without a cache nothing counts that is older than the download that one has waited for
            if max_age_s or self._failures or self._loaded_at >= self._tried_at:
                break
        if not self._failures and not self._is_downloading():
            return self._keys
        return self._stale(max_age_s, max_stale_s)

    async def renewed(self, wait_s: float) -> KeySet | None:
        """The keys, downloaded once more because one is missing; None if that was done a moment ago."""
        now = self._clock()
        if now - self._asked_for_unknown_at < UNKNOWN_KEY_INTERVAL_S:
            return None
        self._asked_for_unknown_at = now
        await self._wait(self._start(now - UNKNOWN_KEY_INTERVAL_S), wait_s)
        return self._keys

    async def warm_up(self, max_age_s: float, wait_s: float) -> None:
        """Get the keys before the first request, if that takes no longer than this for all who want them."""
        if self._keys is None and not self._failures:
            download = self._start(self._since(max_age_s))
            await self._wait(download, max(0.0, self._tried_at + wait_s - self._clock()))

    async def teardown(self) -> None:
        """Give a download up."""
        if self._download is not None:
            self._download.cancel()
            await asyncio.wait({self._download})

    def _pause_s(self) -> float:
        return 1.0 if self._failures >= HASTY_TRIES else 0.0

    def _may_try(self, pause_s: float) -> bool:
        return self._is_downloading() or not self._failures or self._clock() - self._tried_at >= pause_s

    def _is_downloading(self) -> bool:
        return self._download is not None and not self._download.done()

    def _since(self, max_age_s: float) -> float:
        """From when on a download of another worker will do."""
        return self._clock() - max_age_s * RENEW_AT

    def _stale(self, max_age_s: float, max_stale_s: float) -> KeySet | None:
        """Old keys that may serve."""
        return self._keys if max_age_s and self._clock() - self._loaded_at <= max_age_s + max_stale_s else None

    def _start(self, since: float) -> asyncio.Task[None]:
        if self._download is None or self._download.done():
            self._tried_at = self._clock()
            self._download = asyncio.create_task(self._load(since))
        return self._download

    async def _wait(self, download: asyncio.Task[None], wait_s: float) -> None:
        # NOTE: who leaves cancels his waiting and not the download, for which others may wait
        await asyncio.wait({download}, timeout=wait_s)

    async def _load(self, since: float) -> None:
        try:
            async with asyncio.timeout(2 * DEADLINE_S), nullcontext() if self._shared is None else self._shared.turn():
                found = None if self._shared is None else self._shared.read()
                if found is None or found.at < since or found.at <= self._loaded_at:
                    found = await self._downloaded()
                self._take(found)
            self._failures = 0
        except (FetchError, ValueError, TimeoutError) as error:
            self._failures += 1
            # SECURITY: an address may have a password or a query that nobody else should read
            log.warning("no keys from %s: %s", urlsplit(self._url).hostname, error)
            self._take_old()

    async def _downloaded(self) -> Loaded:
        at = self._clock()
        document = await self._fetch(
            self._url, context=self._context, deadline_s=DEADLINE_S, max_bytes=MAX_SET_BYTES,
            check_peer=self._check_peer,
        )  # fmt: skip
        if not 200 <= document.status <= 299:
            raise ValueError(f"it answers {document.status}")
        if not document.content_type.startswith(_TYPES):
            raise ValueError(f"{document.content_type!r} is no type of a set of keys")
        loaded = Loaded(at, document.body)
        KeySet.read(document.body)
        if self._shared is not None:
            self._shared.write(loaded)
        return loaded

    def _take(self, loaded: Loaded) -> None:
        # NOTE: the same document is the same set, with what was verified by it
        if self._keys is None or loaded.body != self._document:
            self._keys = KeySet.read(loaded.body)
            self._document = loaded.body
            for reason in self._keys.left_out:
                log.info("a key of %s is left out: %s", urlsplit(self._url).hostname, reason)
        self._loaded_at = loaded.at

    def _take_old(self) -> None:
        """What another worker has left, while the server is away."""
        found = self._shared.read() if self._shared is not None and self._keys is None else None
        if found is not None:
            with suppress(ValueError):
                self._take(found)


_guard: type[Jwks] = KeyServer
