"""Unpacks gzip piece by piece, within limits that no backend can exceed.

    b"".join(Inflater(max_bytes=1024).feed(gzip.compress(b"hello")))    # b"hello"
"""
from __future__ import annotations

import zlib
from collections.abc import Iterator

from krakpy_sdk import UpstreamError

#: bytes that are unpacked at a time
_STEP = 256 * 1024
#: a bomb is what unpacks to more than this, and to more than so many times its size (C-12)
_RATIO_MATTERS_FROM = 1024 * 1024
MAX_RATIO = 100
_GZIP = 16 + zlib.MAX_WBITS


class Inflater:
    """Unpacks one body, which may be several gzip members in a row, as Go does."""

    def __init__(self, *, max_bytes: int | None, max_ratio: int = MAX_RATIO) -> None:
        self._max_bytes = max_bytes
        self._max_ratio = max_ratio
        self._member = zlib.decompressobj(_GZIP)
        self._is_within = False
        self._taken = 0
        self._given = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes unpack to, in pieces; UpstreamError for what is no gzip or too much."""
        self._taken += len(data)
        while data:
            piece = self._inflate(data)
            if piece:
                yield piece
            if self._member.eof:
                data = self._member.unused_data
                self._member = zlib.decompressobj(_GZIP)
                self._is_within = False
            else:
                data = self._member.unconsumed_tail
                self._is_within = True

    def end(self) -> None:
        """UpstreamError if the last member is cut off."""
        if self._is_within:
            raise UpstreamError("the backend's compressed answer is cut off")

    def _inflate(self, data: bytes) -> bytes:
        try:
            piece = self._member.decompress(data, _STEP)
        except zlib.error as error:
            raise UpstreamError("the backend's answer is no valid gzip") from error
        self._given += len(piece)
        if self._max_bytes is not None and self._given > self._max_bytes:
            raise UpstreamError(f"the backend's answer unpacks to more than {self._max_bytes} bytes")
        if self._given > _RATIO_MATTERS_FROM and self._given > self._max_ratio * self._taken:
            raise UpstreamError(f"the backend's answer unpacks to more than {self._max_ratio} times its size")
        return piece
