"""Takes a request's body out of what a client sends: pure, strict, and not a byte beyond its end.

    body = Chunked(Limits())
    body.feed(b"3\r\nabc\r\n0\r\n\r\nGET /")   # [b"abc"]
    body.is_complete, body.rest               # True, b"GET /"
"""
from __future__ import annotations

import re
from typing import Protocol

from krakpy.server.head import FIELD, TOKEN
from krakpy.server.limits import Limits
from krakpy.server.refusals import Refusal

#: the longest line of a chunk: its size and its extensions
MAX_CHUNK_LINE = 256
#: bytes of framing that are free, beyond twice what they frame (Go: the same)
FREE_FRAMING = 16 * 1024
MAX_TRAILER_BYTES = 8 * 1024

_QUOTED = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*+"'
_EXTENSION = rb"[\t ]*+;[\t ]*+" + TOKEN + rb"(?:[\t ]*+=[\t ]*+(?:" + TOKEN + rb"|" + _QUOTED + rb"))?+"
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:" + _EXTENSION + rb")*+")
_TRAILER = re.compile(FIELD)
#: SECURITY: dropped like all others, but whoever sends one hopes that somebody does not drop it (RFC 9110 §6.5.1)
_FRAMING = re.compile(rb"(?i:content-length|transfer-encoding|host):")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class RefusedError(Exception):
    """A body that is none, or too large."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class Body(Protocol):
    """A body on its way."""

    is_complete: bool
    rest: bytes
    """What came after its end."""

    @property
    def missing(self) -> int | None:
        """How many bytes are to come; None where nobody can tell."""

    def feed(self, data: bytes) -> list[bytes]:
        """The pieces of the body in what came next; RefusedError where it is none."""


class Known:
    """A body whose length the head tells."""

    def __init__(self, length: int) -> None:
        self.missing = length
        self.is_complete = length == 0
        self.rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        if len(data) < self.missing:
            self.missing -= len(data)
            return [data]
        data, self.rest = data[: self.missing], data[self.missing :]
        self.missing = 0
        self.is_complete = True
        return [data]


class Chunked:
    """A body in chunks (RFC 9112 §7.1): every line ends with CRLF, extensions and trailers are read and dropped."""

    missing = None

    def __init__(self, limits: Limits) -> None:
        self.is_complete = False
        self.rest = b""
        self._limits = limits
        self._held = b""
        self._at = 0
        self._read = self._size_line
        self._left = 0
        self._size = 0
        self._framing = 0
        self._trailers = 0
        self._trailer_bytes = 0

    def feed(self, data: bytes) -> list[bytes]:
        pieces: list[bytes] = []
        # PERF: one copy for what came, however many chunks it holds
        self._held = self._held[self._at :] + data
        self._at = 0
        while not self.is_complete and self._read(pieces):
            continue
        if self.is_complete:
            self.rest, self._held = self._held[self._at :], b""
        return pieces

    def _size_line(self, pieces: list[bytes]) -> bool:  # noqa: ARG002  every step has the same signature
        line = self._line(MAX_CHUNK_LINE, Refusal.BAD)
        if line is None:
            return False
        found = _CHUNK_LINE.fullmatch(line)
        if found is None:
            raise RefusedError(Refusal.BAD)
        self._left = int(found[1], 16)
        self._size += self._left
        if self._limits.max_body is not None and self._size > self._limits.max_body:
            raise RefusedError(Refusal.BODY_TOO_LARGE)
        self._framing += len(line) + 4
        # SECURITY: a byte in each chunk would make us work much more than the client does
        if self._framing > FREE_FRAMING + 2 * self._size:
            raise RefusedError(Refusal.BAD)
        self._read = self._data if self._left else self._trailer
        return True

    def _data(self, pieces: list[bytes]) -> bool:
        piece = self._held[self._at : self._at + self._left]
        if not piece:
            return False
        pieces.append(piece)
        self._at += len(piece)
        self._left -= len(piece)
        if not self._left:
            self._read = self._data_end
        return True

    def _data_end(self, pieces: list[bytes]) -> bool:  # noqa: ARG002
        line = self._line(0, Refusal.BAD)
        self._read = self._size_line if line is not None else self._data_end
        return line is not None

    def _trailer(self, pieces: list[bytes]) -> bool:  # noqa: ARG002
        line = self._line(MAX_TRAILER_BYTES - self._trailer_bytes, Refusal.HEAD_TOO_LARGE)
        if line is None:
            return False
        self._trailer_bytes += len(line)
        self._trailers += 1
        if not line:
            self.is_complete = True
        elif self._trailers > self._limits.max_headers:
            raise RefusedError(Refusal.HEAD_TOO_LARGE)
        elif not _TRAILER.fullmatch(line) or _FRAMING.match(line):
            raise RefusedError(Refusal.BAD)
        return not self.is_complete

    def _line(self, most: int, refusal: Refusal) -> bytes | None:
        """The next line without its end, or None while it is incomplete; refused at the first byte that is wrong."""
        held, start = self._held, self._at
        found = _CONTROL.search(held, start, start + most + 1)
        if found is None:
            if len(held) - start > most:
                raise RefusedError(refusal)
            return None
        end = found.start()
        if held[end : end + 2] == b"\r":
            return None
        if held[end : end + 2] != b"\r\n":
            raise RefusedError(Refusal.BAD)
        self._at = end + 2
        return held[start:end]
