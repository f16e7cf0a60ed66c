"""The token of one backend, as all workers of a node have it: one of them asks for it, the others read it.

    shared = SharedToken(settings.shared_folder, name_of(settings.place, config))
    async with shared.turn():
        token = shared.read() or …
"""
from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path

from krakpy_client_credentials.config import Config
from krakpy_client_credentials.grant import Token

#: how often a worker looks whether another one is done, in seconds
_LOOK_AGAIN_S = 0.01


def name_of(place: str, config: Config) -> str:
    """The name of a backend's token: another one for other settings, and for another secret."""
    client = [config.client_id, config.client_secret]
    said = [place, config.token_url, client, config.scopes, dict(config.endpoint_params)]
    return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).hexdigest()


class SharedToken:
    """A file in the folder that the workers of a gateway share, which is in memory and theirs alone."""

    def __init__(self, folder: str, name: str) -> None:
        self._folder = Path(folder, "tokens")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._file = self._folder / name

    def read(self) -> Token | None:
        """The token that is there, whatever its age."""
        try:
            return Token(**json.loads(self._file.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, token: Token) -> None:
        """Give a token to the others."""
        # SECURITY: mode 600 from the first moment on, and whole from the first moment that it can be read
        new = self._file.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
            json.dump(asdict(token), file)
        new.replace(self._file)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The time in which this worker alone asks for a token; the end of a worker ends its turn."""
        lock = os.open(self._file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not _locked(lock):  # noqa: ASYNC110  another process does not tell when it is done
                await asyncio.sleep(_LOOK_AGAIN_S)
            yield
        finally:
            os.close(lock)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
