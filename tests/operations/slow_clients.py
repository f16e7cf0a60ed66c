"""Clients that are slow on purpose, in a process of their own: `slow_clients.py PORT NUMBER PER_SECOND SHAPE...`.

Each opens one connection and stays as slow as its shape says until the gateway ends that. Prints a JSON object: for
each shape, for each client how many seconds that took, what it was told and how the connection ended.
"""
from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import uvloop

#: how often a client that drips sends a byte, and how often one that reads slowly reads
PACE_S = 1.0
#: so little is read at once, that it is far from the 16 KiB for each `write_deadline`
SIP_BYTES = 64
#: a client that was not ended by then never is
PATIENCE_S = 150.0

HEAD = b"Host: gateway.test\r\n"
UPLOAD = b"POST /stuck/1 HTTP/1.1\r\n" + HEAD + b"Content-Length: 100000\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a slow client sends at once, what it sends byte by byte, and whether it is its reading that is slow."""

    sends: bytes = b""
    drips: bytes = b""
    sips: bool = False


SHAPES = {
    "idle": Shape(),
    "partial line": Shape(sends=b"GET /fine/1 HT"),
    "partial header": Shape(sends=b"GET /fine/1 HTTP/1.1\r\n" + HEAD + b"Accept: te"),
    "dripped header": Shape(sends=b"GET /fine/1 HTTP/1.1\r\n" + HEAD, drips=b"A: b\r\n"),
    "partial body": Shape(sends=UPLOAD + b"some"),
    "dripped body": Shape(sends=UPLOAD, drips=b"a"),
    "slow reader": Shape(sends=b"GET /big/1 HTTP/1.1\r\n" + HEAD + b"\r\n", sips=True),
}


@dataclass(frozen=True)
class Ended:
    """How a connection ended: after how long, with which status of the gateway's, cleanly (`end`) or not (`reset`)."""

    after_s: float
    status: str
    how: str


def flooded(port: int, *shapes: str, number: int, per_second: int) -> dict[str, list[Ended]]:
    """What became of so many clients of each of these shapes."""
    command = [sys.executable, __file__, str(port), str(number), str(per_second), *shapes]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=PATIENCE_S + 60, check=True)
    return {shape: [Ended(*each) for each in ended] for shape, ended in json.loads(done.stdout).items()}


async def flood(port: int, number: int, per_second: int, shapes: list[str]) -> dict[str, Any]:
    """All of them, one after the other begun."""
    kinds = [shape for _ in range(number) for shape in shapes]
    clients = [asyncio.ensure_future(client(port, SHAPES[kind], n / per_second)) for n, kind in enumerate(kinds)]
    ends = await asyncio.gather(*clients)
    return {shape: [end for kind, end in zip(kinds, ends, strict=True) if kind == shape] for shape in shapes}


async def client(port: int, shape: Shape, starts_in_s: float) -> tuple[float, str, str]:
    """One of them, from its beginning to its end."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(starts_in_s)
    with socket.socket() as sock:
        sock.setblocking(False)
        # NOTE: small windows and segments, so that little of an answer waits in the kernel and the gateway notices
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        began = time.monotonic()
        heard, how = b"", "never"
        drip = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                await loop.sock_connect(sock, ("127.0.0.1", port))
                if shape.sends:
                    await loop.sock_sendall(sock, shape.sends)
                drip = asyncio.ensure_future(dripped(sock, shape.drips)) if shape.drips else None
                while piece := await loop.sock_recv(sock, SIP_BYTES if shape.sips else 4096):
                    heard = heard or piece
                    if shape.sips:
                        await sipped(sock)
                how = "end"
        except TimeoutError:
            pass
        except OSError:
            how = "reset"
        took_s = time.monotonic() - began
        if drip:
            drip.cancel()
            await asyncio.wait([drip])
    return took_s, heard[9:12].decode(), how


async def sipped(sock: socket.socket) -> None:
    """Let the time pass until the next sip; OSError when the connection is reset, even if there is something left."""
    for _ in range(4):
        await asyncio.sleep(PACE_S / 4)
        if error := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, "the gateway has ended it")


async def dripped(sock: socket.socket, what: bytes) -> None:
    """Send that again and again, byte by byte, until it cannot be sent."""
    loop = asyncio.get_running_loop()
    for piece in repeat(what):
        for byte in piece:
            await asyncio.sleep(PACE_S)
            try:
                await loop.sock_sendall(sock, bytes([byte]))
            except OSError:
                return


if __name__ == "__main__":
    port, number, per_second = map(int, sys.argv[1:4])
    print(json.dumps(uvloop.run(flood(port, number, per_second, sys.argv[4:]))))
