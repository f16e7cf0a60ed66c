"""Answers that are too large, each under a path of its own: a script for `Threaded`."""
from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator

from tests.client.upstream import Peer, ok

MIB = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNK = b"100000\r\n" + b" " * MIB + b"\r\n"
#: 292 KB that unpack to 300 MB
BOMB = gzip.compress(bytes(MIB), 9) * 286


def _head() -> Iterator[bytes]:
    yield HEAD + b"X-A: "
    for _ in range(10):
        yield b"a" * MIB
    yield b"\r\nContent-Length: 2\r\n\r\n{}"


def _fields() -> Iterator[bytes]:
    yield HEAD + b"".join(b"X-%d: 1\r\n" % number for number in range(100_000)) + b"Content-Length: 2\r\n\r\n{}"


def _long() -> Iterator[bytes]:
    yield HEAD + b"Content-Length: %d\r\n\r\n" % (100 * MIB)
    for _ in range(100):
        yield b" " * MIB


def _endless() -> Iterator[bytes]:
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield CHUNK


def _bomb() -> Iterator[bytes]:
    yield HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB


def _begun() -> Iterator[bytes]:
    yield HEAD + b"Content-Length: 100\r\n\r\n{"


def _fine() -> Iterator[bytes]:
    yield ok(b'{"fine":true}')


ANSWERS: dict[str, Callable[[], Iterator[bytes]]] = {
    "begun": _begun, "bomb": _bomb, "endless": _endless, "fields": _fields, "fine": _fine, "head": _head, "long": _long,
}  # fmt: skip


async def heavy(peer: Peer) -> None:
    """Answers what is asked for, until the gateway leaves."""
    while True:
        path = (await peer.request()).split(b" ", 2)[1].decode().strip("/")
        for piece in ANSWERS[path]():
            await peer.send(piece)
