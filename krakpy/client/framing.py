"""Where the body of an answer ends: bytes in, payload out, and whether anything came after the end.

    framing = Chunked()
    framing.feed(b"5\\r\\nhello\\r\\n0\\r\\n\\r\\n")    # b"hello"
    framing.is_complete, framing.has_extra            # True, False
"""
from __future__ import annotations

import re
from typing import Protocol

from krakpy_sdk import UpstreamError

from krakpy.client.response_head import CHUNKED, UNTIL_CLOSE, check_trailer

_MAX_LINE = 4096
_MAX_TRAILER = 16 * 1024
_MAX_OVERHEAD = 16 * 1024
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t -~\x80-\xff]*)?\r\n")


class Framing(Protocol):
    """How one body is delimited."""

    is_complete: bool
    has_extra: bool
    ends_with_connection: bool

    def feed(self, data: bytes) -> bytes:
        """The payload in these bytes; UpstreamError if they break the framing."""


def framing_of(length: int) -> Framing:
    """The framing for a `Head.length`."""
    if length == CHUNKED:
        return Chunked()
    return UntilClose() if length == UNTIL_CLOSE else Sized(length)


class Sized:
    """A body of a known length (RFC 9112 §6.2)."""

    __slots__ = ("has_extra", "is_complete", "left")
    ends_with_connection = False

    def __init__(self, length: int) -> None:
        self.left = length
        """How many bytes of it are to come."""
        self.is_complete = length == 0
        self.has_extra = False

    def feed(self, data: bytes) -> bytes:
        """The payload in these bytes; what is past the end is dropped and noted."""
        left = self.left - len(data)
        if left > 0:
            self.left = left
            return data
        self.left = 0
        self.is_complete = True
        self.has_extra = left < 0
        return data[:left] if left else data

    def skip(self, size: int) -> None:
        """So many bytes of it, and no more than are to come, have gone another way."""
        self.left -= size
        self.is_complete = not self.left


class UntilClose:
    """A body that the end of the connection ends (RFC 9112 §6.3, rule 8)."""

    __slots__ = ()
    is_complete = False
    has_extra = False
    ends_with_connection = True

    def feed(self, data: bytes) -> bytes:
        """The bytes as they are."""
        return data


class Chunked:
    """A body in chunks (RFC 9112 §7.1); extensions and trailers are checked and dropped.

    Strict where readers differ: CRLF only, no sign, no space before the size. Like Go it refuses bodies that consist
    of overhead for the most part.
    """

    __slots__ = ("_held", "_in_trailer", "_left", "_overhead", "has_extra", "is_complete")
    ends_with_connection = False

    def __init__(self) -> None:
        self._held = b""
        self._left = 0  # of the current chunk, its CRLF included
        self._in_trailer = False
        self._overhead = 0
        self.is_complete = False
        self.has_extra = False

    def feed(self, data: bytes) -> bytes:
        """The payload in these bytes, as far as it is whole."""
        if self._held:
            data = self._held + data
            self._held = b""
        payload: list[bytes] = []
        at, end = 0, len(data)
        while at < end and not self.is_complete:
            if self._left:
                at = self._read_chunk(data, at, payload)
            elif self._in_trailer:
                at = self._read_trailer(data, at)
            else:
                at = self._read_size(data, at)
        return payload[0] if len(payload) == 1 else b"".join(payload)

    def _read_chunk(self, data: bytes, at: int, payload: list[bytes]) -> int:
        left = self._left
        if left > 2:
            piece = data[at : at + left - 2]
            payload.append(piece)
            at += len(piece)
            left -= len(piece)
        if left <= 2:
            crlf = data[at : at + left]
            if crlf != b"\r\n"[2 - left : 2 - left + len(crlf)]:
                raise UpstreamError("the backend's answer has a chunk that is longer than its size")
            at += len(crlf)
            left -= len(crlf)
        self._left = left
        return at

    def _read_size(self, data: bytes, at: int) -> int:
        match = _SIZE.match(data, at)
        if match is None:
            if data.find(b"\n", at) >= 0 or len(data) - at > _MAX_LINE:
                raise UpstreamError("the backend's answer has a malformed chunk size")
            self._held = data[at:]
            return len(data)
        size = int(match[1], 16)
        self._overhead = max(0, self._overhead + match.end() - at - 16 - 2 * size)
        if self._overhead > _MAX_OVERHEAD:
            raise UpstreamError("the backend's answer is made of chunk overhead for the most part")
        self._left = size + 2 if size else 0
        self._in_trailer = not size
        return match.end()

    def _read_trailer(self, data: bytes, at: int) -> int:
        end = at + 2 if data.startswith(b"\r\n", at) else data.find(b"\r\n\r\n", at) + 4
        if end == 3:
            if len(data) - at > _MAX_TRAILER:
                raise UpstreamError("the backend's answer has a malformed or too long trailer")
            self._held = data[at:]
            return len(data)
        check_trailer(data[at:end])
        self.is_complete = True
        self.has_extra = end < len(data)
        return end
