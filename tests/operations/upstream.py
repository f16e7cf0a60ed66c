"""An upstream in a process of its own, cheap enough to leave the machine to the gateway: `python upstream.py PORT`.

Answers every GET with the last segment of its path, after so many milliseconds if the segment before it is `slow-N`.
"""
from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Self, cast

import uvloop


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
            asyncio.get_running_loop().call_later(delay_s, self._answer, nonce) if delay_s else self._answer(nonce)

    def _answer(self, nonce: str) -> None:
        body = json.dumps({"nonce": nonce}).encode()
        fields = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(b"HTTP/1.1 200 OK\r\n" + fields + body)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
