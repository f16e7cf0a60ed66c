"""An upstream that plays scripts over real sockets: bytes in, bytes out.

    upstream = await serving(answering(ok(b"one"), ok(b"two")))
    upstream.requests        # what it was sent, head and body
    upstream.connections     # how many were made
"""
from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from krakpy.client.origin import Origin

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


def ok(body: bytes = b"", *fields: str, status: str = "200 OK") -> bytes:
    """A plain answer of a known length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Peer:
    """The upstream's side of one connection."""

    def __init__(self, upstream: Upstream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._upstream = upstream
        self._reader = reader
        self._writer = writer

    async def request(self) -> bytes:
        """The next request, head and body."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        body = b""
        if length:
            body = await self._reader.readexactly(int(length[1]))
        elif b"\r\nTransfer-Encoding: chunked\r\n" in head:
            while not body.endswith(b"0\r\n\r\n"):
                body += await self._reader.readuntil(b"\r\n")
        self._upstream.requests.append(head + body)
        return head + body

    async def read(self, size: int) -> bytes:
        """Some bytes."""
        return await self._reader.readexactly(size)

    async def send(self, data: bytes) -> None:
        """Bytes as they are, at once."""
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, data: bytes) -> None:
        """Bytes as they are, once a request has come."""
        await self.request()
        await self.send(data)

    def reset(self) -> None:
        """Ends the connection with RST."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def cut(self) -> None:
        """Ends TCP below TLS, which learns nothing of it."""
        with socket.socket(fileno=os.dup(self._writer.get_extra_info("socket").fileno())) as raw:
            raw.shutdown(socket.SHUT_WR)

    async def gone(self) -> None:
        """Waits until the gateway has closed the connection."""
        with contextlib.suppress(ConnectionError):
            while await self._reader.read(65536):
                pass
        self._upstream.gone += 1
        self._upstream.someone_left.set()


Script = Callable[[Peer], Awaitable[None]]


def answering(*answers: bytes) -> Script:
    """Each request gets the next answer; then the connection stays open until the gateway closes it."""

    async def script(peer: Peer) -> None:
        for answer in answers:
            await peer.answer(answer)
        await peer.gone()

    return script


def ending(answer: bytes) -> Script:
    """The first request gets these bytes, then the connection ends."""

    async def script(peer: Peer) -> None:
        await peer.answer(answer)

    return script


def in_pieces(*pieces: bytes) -> Script:
    """Answers one request with these pieces, each in a segment of its own."""

    async def script(peer: Peer) -> None:
        await peer.request()
        for piece in pieces:
            await peer.send(piece)
            await asyncio.sleep(0.001)
        await peer.gone()

    return script


def closing_after(*answers: bytes) -> Script:
    """Answers as many requests, and ends the connection when one more comes."""

    async def script(peer: Peer) -> None:
        for answer in answers:
            await peer.answer(answer)
        await peer.request()

    return script


async def hanging(peer: Peer) -> None:
    """Takes whatever comes and never says a word."""
    await peer.gone()


class Upstream:
    """A server; its nth connection plays the nth script, the last one again and again."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = scripts
        self._tasks: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None
        self.scheme = "http"
        self.port = 0
        self.connections = 0
        self.requests: list[bytes] = []
        self.gone = 0
        self.someone_left = asyncio.Event()

    @property
    def origin(self) -> Origin:
        """Where it is."""
        return Origin(self.scheme, "127.0.0.1" if self.scheme == "http" else "localhost", self.port)

    async def open(self, tls: ssl.SSLContext | None = None) -> None:
        """Listens on a free port of the loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.scheme = "https" if tls else "http"
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Ends every script and connection."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # NOTE: transports close their sockets in the next turn of the loop
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        script = self._scripts[min(self.connections, len(self._scripts) - 1)]
        self.connections += 1
        try:
            await script(Peer(self, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone += 1
            self.someone_left.set()
        except asyncio.CancelledError:
            # NOTE: what is not written yet would keep the connection open
            writer.transport.abort()
        finally:
            await self._end(writer)
            self._tasks.discard(task)

    async def _end(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        try:
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
        except asyncio.CancelledError:
            writer.transport.abort()
