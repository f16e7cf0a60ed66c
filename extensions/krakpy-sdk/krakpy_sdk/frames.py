"""Frames between a gateway and a host: two lengths, a header of JSON, and the raw bytes of a body.

    splitter = Splitter()
    for header, body in splitter.feed(framed(b'[7]', b"hello")): ...     # (b'[7]', b"hello")

Both ends hold themselves to the same limits, so that no length that is read makes anybody allocate without end.
"""
from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

#: the version of everything that crosses the socket: both ends have to say the same
WIRE = 1

#: largest frame, with its header
MAX_FRAME_BYTES = 32 * 1024 * 1024

_LENGTHS = Struct("!II")
_HEAD = _LENGTHS.size


class FrameError(ValueError):
    """What came is no frame; the connection cannot be used any more."""


def framed(header: bytes, body: bytes = b"") -> bytes:
    """One frame; FrameError if it is larger than `MAX_FRAME_BYTES`."""
    if len(header) + len(body) > MAX_FRAME_BYTES:
        raise FrameError(f"{len(header) + len(body)} bytes are more than the {MAX_FRAME_BYTES} of a frame")
    return b"".join((_LENGTHS.pack(len(header), len(body)), header, body))


class Splitter:
    """Takes a connection's bytes as they come, and gives whole frames."""

    __slots__ = ("_rest", "_wanted")

    def __init__(self) -> None:
        self._rest = bytearray()
        self._wanted = _HEAD

    @property
    def is_between_frames(self) -> bool:
        """Whether nothing of a further frame has come yet."""
        return not self._rest

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The frames that are whole now; FrameError for a length that no frame has."""
        # PERF: what came is mostly one whole frame or a few, and then nothing is copied but its two parts
        if self._rest:
            self._rest += data
            if len(self._rest) < self._wanted:
                return
            data = bytes(self._rest)
            self._rest.clear()
        start, size = 0, len(data)
        while size - start >= _HEAD:
            header, body = _LENGTHS.unpack_from(data, start)
            if header + body > MAX_FRAME_BYTES:
                raise FrameError(f"a frame of {header + body} bytes was announced")
            middle = start + _HEAD + header
            end = middle + body
            if end > size:
                self._wanted = end - start
                break
            yield data[start + _HEAD : middle], data[middle:end]
            start = end
        else:
            self._wanted = _HEAD
        if start < size:
            self._rest += data[start:]
