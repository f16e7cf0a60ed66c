"""A set of keys as all workers of a node have it: one of them downloads it, the others read it.

    shared = SharedDocument(settings.shared_folder, "https://idp.test/keys")
    async with shared.turn():
        found = shared.read() or …

It outlives workers and reloads: who starts while the server of the keys is away has the keys of those before.
"""
from __future__ import annotations

import asyncio
import fcntl
import os
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

_TIME = struct.Struct("<d")
#: how often a worker looks whether another one is done, in seconds
_LOOK_AGAIN_S = 0.01


class Loaded(NamedTuple):
    """A document, and when it was downloaded, on the clock that all processes have."""

    at: float
    body: bytes


class SharedDocument:
    """A file in the folder that the workers of a gateway share, which is in memory and theirs alone."""

    def __init__(self, folder: str, name: str) -> None:
        own = Path(folder, "keys")
        own.mkdir(mode=0o700, exist_ok=True)
        self._file = own / blake2b(name.encode(), digest_size=16).hexdigest()

    def read(self) -> Loaded | None:
        """The document that is there, whatever its age."""
        try:
            content = self._file.read_bytes()
            return Loaded(_TIME.unpack_from(content)[0], content[_TIME.size :])
        except (OSError, struct.error):
            return None

    def write(self, loaded: Loaded) -> None:
        """Give a document to the others, if there is room."""
        new = self._file.with_suffix(f".{os.getpid()}")
        # SECURITY: it may hold secrets: mode 600 from the first moment on, and whole when it can be read
        with suppress(OSError):
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(_TIME.pack(loaded.at) + loaded.body)
            new.replace(self._file)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The time in which this worker alone downloads; the end of a worker ends its turn."""
        try:
            lock = os.open(self._file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            yield  # without a folder each worker downloads by itself
            return
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
