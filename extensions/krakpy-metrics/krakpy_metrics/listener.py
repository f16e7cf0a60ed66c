"""Serves the figures of all workers on a port of their own: `/__stats` in JSON, `/metrics` in Prometheus' text.

Every worker listens on the port, and the kernel chooses which one answers.
"""
from __future__ import annotations

import asyncio
import json
import logging

from krakpy_metrics.book import read
from krakpy_metrics.exposition import Instances, as_json, as_text

#: how long a client may take, in seconds, and how large what it asks may be, in bytes
_PATIENCE_S = 5.0
_MOST_BYTES = 8 * 1024

_Answer = tuple[int, str, bytes]
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


class Listener:
    """The port of the figures."""

    def __init__(
        self, address: tuple[str | None, int], folder: str, log: logging.Logger, instances: Instances = tuple
    ) -> None:
        self._host, self._port = address
        self._folder = folder
        self._log = log
        self._instances = instances
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen; that the port is taken costs nobody else anything, and is told."""
        try:
            self._server = await asyncio.start_server(
                self._talk, self._host, self._port, reuse_port=True, limit=_MOST_BYTES
            )
        except OSError as error:
            self._log.error("the metrics are not served: %s; change `listen_address`", error)

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_written(*self.answer(head.split(b"\r\n", 1)[0])))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def answer(self, line: bytes) -> _Answer:
        """Status, type and body for the first line of a request."""
        parts = line.split(b" ")
        if len(parts) != 3 or not parts[2].startswith(b"HTTP/1."):
            return 400, "text/plain", b""
        method, target, _ = parts
        path = target.partition(b"?")[0].rstrip(b"/")
        if path not in (b"/__stats", b"/metrics"):
            return 404, "text/plain", b"404 page not found"
        if method != b"GET":
            return 405, "text/plain", b"405 method not allowed"
        figures, instances = read(self._folder), self._instances()
        if path == b"/metrics":
            return 200, "text/plain; version=0.0.4; charset=utf-8", as_text(figures, instances)
        return 200, "application/json; charset=utf-8", json.dumps(as_json(figures, instances)).encode()


def _written(status: int, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body
