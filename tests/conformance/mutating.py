"""Bytes that went wrong on their way, the same ones in every run.

    Mutator("headers/host-header").mutated(request, others)
"""
from __future__ import annotations

import random
from collections.abc import Sequence

#: what parsers stumble over
ODD = (
    b"\r\n", b"\n", b"\r", b"\x00", b"\t", b" ", b"\x7f", b"\x80", b"\xff", b"\xc3\xa9", b"\xe2\x80\xa8", b"%", b"%2f",
    b"%00", b"%zz", b"/", b"//", b"/../", b"?", b"#", b"&", b"=", b";", b":", b",", b"{", b"}", b"[", b"]", b'"', b"\\",
    b"\\u0000", b"\\ud800", b"<", b">", b"-", b"-1", b"0", b"1e999", b"9" * 30, b"null", b"NaN", b"[" * 200,
    b'{"a":' * 100, b"x" * 300, b"0\r\n\r\n", b"ffffffffffffffff", b"HTTP/1.0", b"HTTP/2.0",
    b"\r\nContent-Length: 3\r\n", b"\r\nTransfer-Encoding: chunked\r\n", b"\r\nExpect: 100-continue\r\n",
    b"\r\nConnection: close\r\n", b"\r\nHost: a b\r\n", b"\r\nContent-Encoding: gzip\r\n",
    b"\r\nContent-Type: application/json\r\n",
)
#: most bytes that are wrong are never seen behind the parser of requests; one that is mistyped often is
CHANGES = ("flip", "mistype", "mistype", "mistype", "replace", "insert", "insert", "delete", "duplicate", "splice")


class Mutator:
    """Changes bytes by chance, decided by a seed."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def mutated(self, message: bytes, others: Sequence[bytes] = ()) -> bytes:
        """A message with one to three changes in its first line, its fields or its body."""
        changed = message
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            changed = self._changed(changed, others)
        return changed if changed != message else self._changed(message + b"\x00", others)

    def answer(self, message: bytes) -> bytes:
        """An upstream's answer with changes: half of the time in its body alone, whose length is announced rightly."""
        head, gap, body = message.partition(b"\r\n\r\n")
        if not (gap and body) or self._random.random() < 0.5:
            return self.mutated(message)
        body = self.mutated(body)
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-length", b"transfer-"))]
        return b"\r\n".join([*lines, b"Content-Length: %d" % len(body)]) + gap + body

    def is_one_of(self, times: int) -> bool:
        """True once in so many times."""
        return self._random.randrange(times) == 0

    def _changed(self, message: bytes, others: Sequence[bytes]) -> bytes:
        first, last = self._region(message)
        at = self._random.randint(first, last)
        until = min(last, at + self._random.choice((1, 1, 2, 4, 8, 32)))
        match self._random.choice(CHANGES):
            case "flip" if at < len(message):
                return message[:at] + bytes([message[at] ^ 1 << self._random.randrange(8)]) + message[at + 1 :]
            case "mistype":
                return message[:at] + bytes([self._random.randrange(0x21, 0x7F)]) + message[at + 1 :]
            case "replace":
                return message[:at] + self._random.choice(ODD) + message[until:]
            case "delete":
                return message[:at] + message[until:]
            case "duplicate":
                return message[:until] + message[at:until] * self._random.choice((1, 1, 3, 50)) + message[until:]
            case "splice" if others:
                other = self._random.choice(others)
                return message[:at] + other[self._random.randint(0, len(other)) :]
        return message[:at] + self._random.choice(ODD) + message[at:]

    def _region(self, message: bytes) -> tuple[int, int]:
        """Where to change something: lines, fields and bodies are as likely as one another, however long they are."""
        line = message.find(b"\r\n") + 1 or len(message)
        head = message.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in message else len(message)
        regions = [(0, line), (line, head), (head, len(message))]
        return self._random.choice([(first, last) for first, last in regions if first < last] or [(0, len(message))])
