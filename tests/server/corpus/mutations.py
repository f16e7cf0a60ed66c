"""Requests that were valid once: bytes replaced, lost, doubled, moved and put in."""
from random import Random

from tests.server.corpus.table import cases

#: what has fooled a parser somewhere before
ODDITIES = [
    *(bytes([byte]) for byte in b"\r\n\0 \t\x0b\x0c\x7f\xa0\xff:,;=_-+.0159aZ#%/?@[]\\\"(*&"),
    b"\r\n", b"\r\n\r\n", b"\n\n", b"\r\n ", b"0\r\n\r\n", b"\r\n0\r\n", b"5\r\n", b"0x", b"HTTP/1.0", b"HTTP/1.1",
    b"Host: b\r\n", b"Content-Length: 5\r\n", b"content-length:3\r\n", b"Content-Length: 0, 0\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n", b", chunked", b"Transfer_Encoding: chunked\r\n",
    b"Connection: close\r\n", b"Connection: upgrade\r\nUpgrade: websocket\r\n", b"Expect: 100-continue\r\n",
    b"Trailer: Host\r\n", b"X: y\r\n", b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n", b"POST ", b"CONNECT ", b"http://a",
]  # fmt: skip

#: how many bytes a change concerns
LENGTHS = [0, 0, 0, 1, 1, 2, 4, 8, 32]

VALID = [case.sent for case in cases() if not case.is_refused and len(case.answers) == 1 and case.app == "patient"]


def mutant(random: Random, most: int = 4) -> bytes:
    """One or two valid requests with a few changes."""
    sent = b"".join(random.choice(VALID) for _ in range(random.randint(1, 2)))
    for _ in range(random.randint(0, most)):
        sent = _changed(sent, random)
    return sent


def _changed(sent: bytes, random: Random) -> bytes:
    """The same with one change: something in place of a slice, a slice doubled, lost or moved."""
    start = random.randint(0, len(sent))
    end = min(len(sent), start + random.choice(LENGTHS))
    slice_ = sent[start:end]
    put = random.choice([b"", random.choice(ODDITIES), slice_ * 2, bytes([random.randrange(256)])])
    if random.random() < 0.7:
        return sent[:start] + put + sent[end:]
    elsewhere = random.randint(0, len(sent))
    return sent[:elsewhere] + (slice_ or put) + sent[elsewhere:]
