"""A Bloom filter in a file that processes share: what was added is found by all of them at once.

    revoked = BloomFile(path, *size_for(100_000, 1e-7))
    revoked.add("jti-abc")
    "jti-abc" in revoked

It never forgets what was added; it also "finds" a small share of what was not.
"""
from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from hashlib import blake2b
from math import ceil, log
from mmap import mmap
from pathlib import Path

#: how large a filter may be
MAX_BYTES = 1 << 30


def size_for(count: int, share: float) -> tuple[int, int]:
    """How many bits and hashes a filter of so many elements has, to be wrong about this share of all others."""
    bits = max(64, ceil(-count * log(share) / log(2) ** 2))
    if bits > MAX_BYTES * 8:
        raise ValueError(f"a filter of {count} elements that errs about {share:g} of the others is larger than 1 GiB")
    return bits, max(1, round(bits / count * log(2)))


class BloomFile:
    """One filter."""

    def __init__(self, path: Path, bits: int, hashes: int) -> None:
        self._bits = bits
        self._hashes = hashes
        size = (bits + 7) // 8
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # NOTE: the room is taken now, since a file system that is full kills who writes into mapped memory
            os.posix_fallocate(self._file, 0, size)
            self._bytes = mmap(self._file, size)
        except BaseException:
            os.close(self._file)
            raise

    def add(self, element: str) -> None:
        """Add an element; every process finds it from now on."""
        # SECURITY: without the lock two writers of one byte lose a bit, which is a token that comes back
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            for position in self._positions(element):
                self._bytes[position >> 3] |= 1 << (position & 7)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def __contains__(self, element: str) -> bool:
        found = self._bytes
        return all(found[position >> 3] & (1 << (position & 7)) for position in self._positions(element))

    def _positions(self, element: str) -> Iterator[int]:
        digest = blake2b(element.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        start, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big") | 1
        return ((start + index * step) % self._bits for index in range(self._hashes))

    def close(self) -> None:
        """Let go of the file."""
        self._bytes.close()
        os.close(self._file)
