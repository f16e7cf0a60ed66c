"""Takes a head in as it comes, and refuses it at the first byte that cannot be in one.

    scanner = Scanner(Limits())
    scanner.feed(b"GET / HTT")          # None: more is needed
    scanner.feed(b"P/1.1\r\n\r\nrest")  # how long the head is: scanner.taken() gives it, and what came after it

A verdict depends on the bytes alone and never on how they were split: whatever is wrong at the earliest byte decides.
"""
from __future__ import annotations

import re

from krakpy.server.head import FIELD_LINE, read_line
from krakpy.server.limits import Limits
from krakpy.server.refusals import Refusal

_CLEAN = re.compile(rb"[\t\x20-\x7e\x80-\xff]*+")
_LF = 10


class Scanner:
    """One head on its way."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held = bytearray()
        self._start = 0
        self._seen = 0
        self._lines = 0
        self._can_skip = True

    def feed(self, data: bytes) -> Refusal | int | None:
        """A refusal, or the length of the head when it is complete, or None when there is more to come."""
        self._held += data
        if self._can_skip:
            # NOTE: one empty line before a request is passed over (RFC 9112 §2.2)
            if not self._held or self._held == b"\r":
                return None
            self._can_skip = False
            if self._held.startswith(b"\r\n"):
                del self._held[:2]
        while True:
            verdict = self._next_line()
            if verdict != 0:
                return verdict

    def taken(self, length: int) -> tuple[bytes, bytes]:
        """The head, and what came after it."""
        return bytes(self._held[:length]), bytes(self._held[length:])

    @property
    def is_empty(self) -> bool:
        """Whether nothing of a head has come yet."""
        return not self._held

    def _next_line(self) -> Refusal | int | None:
        """The verdict after one more line; 0 when the line is right and not the last."""
        held, limits = self._held, self._limits
        end = _CLEAN.match(held, self._seen).end()  # type: ignore[union-attr]  # matches the empty text
        full = self._start + (limits.max_header_line if self._lines else limits.max_line_bytes)
        if end > full and full < limits.max_header_bytes:
            return Refusal.HEAD_TOO_LARGE if self._lines else Refusal.URL_TOO_LONG
        at = end + (held[end : end + 1] == b"\r")
        if at >= limits.max_header_bytes and len(held) > limits.max_header_bytes:
            return Refusal.HEAD_TOO_LARGE
        if at == len(held):
            self._seen = end
            return None
        if at == end or held[at] != _LF:
            return Refusal.BAD
        return self._take_line(end)

    def _take_line(self, end: int) -> Refusal | int | None:
        line = bytes(self._held[self._start : end])
        if not line and self._lines:
            return end + 2
        if refusal := self._refusal(line):
            return refusal
        self._lines += 1
        self._start = self._seen = end + 2
        return 0

    def _refusal(self, line: bytes) -> Refusal | None:
        if not self._lines:
            read = read_line(line)
            if isinstance(read, Refusal):
                return read
            # the method and the version are as long as they are; what is between two spaces is the target
            return Refusal.URL_TOO_LONG if len(line.split(b" ")[1]) > self._limits.max_url else None
        if self._lines > self._limits.max_headers:
            return Refusal.HEAD_TOO_LARGE
        return None if FIELD_LINE.fullmatch(line) else Refusal.BAD
