"""An upstream in a process of its own, cheap enough to leave the machine to the gateway: `python upstream.py PORT`.

Answers every request with the last segment of its path, after so many milliseconds if the segment before it is
`slow-N`, and with a mebibyte behind it if that is `big`.
"""
from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from typing import Self, cast

import uvloop

#: what is behind a `big` answer
BULK = b" " * (1 << 20)


class Upstream:
    """Use it in a `with` block."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


class Answering(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._received = b""

    def data_received(self, data: bytes) -> None:
        *heads, self._received = (self._received + data).split(b"\r\n\r\n")
        for head in heads:
            *_, kind, nonce = head.split(b" ", 2)[1].split(b"?")[0].decode().split("/")
            delay_s = int(kind[5:]) / 1000 if kind.startswith("slow-") else 0.0
            if delay_s:
                asyncio.get_running_loop().call_later(delay_s, self._answer, nonce)
            else:
                self._answer(nonce, kind)

    def _answer(self, nonce: str, kind: str = "") -> None:
        body = json.dumps({"nonce": nonce}).encode()
        bulk = BULK if kind == "big" else b""
        fields = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (len(body) + len(bulk))
        self._transport.write(b"HTTP/1.1 200 OK\r\n" + fields + body)
        if bulk:
            self._transport.write(bulk)


async def serve() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    # NOTE: what the kernel keeps of bulk for thousands of connections would be gigabytes
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
    server = await asyncio.get_running_loop().create_server(Answering, sock=listener, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
