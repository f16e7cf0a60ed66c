"""The demo's upstream: two little services on one port, which remember what they were asked.

    async with Upstream() as upstream:
        upstream.url, upstream.seen
"""
from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

USERS = {"7": {"id": 7, "name": "Ada", "city": "London", "password": "1843"}}
ORDERS = {"7": {"count": 2, "last": "a difference engine"}}
_TABLES = {"users": USERS, "orders": ORDERS}


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the upstream saw it."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By lower-case name."""


class Upstream:
    """Listens on a free port of the loopback interface while its `async with` block lasts."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._server: asyncio.Server | None = None
        self._answering: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None, "entered"
        self._server.close()
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None, "entered"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def forget(self) -> None:
        """Start a new list of requests."""
        self.seen = []

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._converse(reader, writer))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                seen = parse(head.decode("latin-1"))
                self.seen.append(seen)
                writer.write(answer(seen.path))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the gateway has closed its connection
        finally:
            writer.close()


def parse(head: str) -> Seen:
    """The request of a head: the demo's requests have no bodies."""
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    fields = (line.partition(":") for line in lines)
    return Seen(method, path, {name.lower(): value.strip() for name, _, value in fields})


def answer(path: str) -> bytes:
    """The bytes of the answer: a record of one of the tables, or 404."""
    _, table, key, *_ = [*path.split("/"), "", ""]
    record = _TABLES.get(table, {}).get(key)
    body = json.dumps(record if record is not None else {"error": f"nothing at {path}"}).encode()
    status = "200 OK" if record is not None else "404 Not Found"
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
