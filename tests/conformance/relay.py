"""A relay between gateway and upstream, which changes the bytes of answers while it is told to.

    async with Relay([21001, 21002], seed="no-op/methods") as relay:
        relay.ports         # where the gateway finds the upstream
        relay.mutates = True
"""
from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Self

from tests.conformance.mutating import Mutator

#: one mutated answer in so many does not end its connection: what it announces too much is waited for, or never read
LINGERING = 20


class Relay:
    """Passes bytes on, for an `async with` block."""

    def __init__(self, upstream: Sequence[int], seed: str) -> None:
        self.mutates = False
        self.ports: list[int] = []
        self._upstream = upstream
        self._seed = seed
        self._seen: Counter[bytes] = Counter()
        self._servers: list[asyncio.Server] = []
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        for port in self._upstream:
            server = await asyncio.start_server(partial(self._accept, port), "127.0.0.1", 0)
            self._servers.append(server)
            self.ports.append(server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _accept(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._relay(reader, writer, port))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        theirs, to_them = await asyncio.open_connection("127.0.0.1", port)
        asked = [b""]
        pumps = [asyncio.ensure_future(_requests(reader, to_them, asked)),
                 asyncio.ensure_future(self._answers(theirs, writer, asked))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            to_them.close()
            writer.close()

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[bytes]) -> None:
        while data := await reader.read(1 << 20):
            mutator = self._mutator(asked[0]) if self.mutates else None
            writer.write(data if mutator is None else mutator.answer(data))
            await writer.drain()
            if mutator is not None and not mutator.is_one_of(LINGERING):
                return

    def _mutator(self, asked: bytes) -> Mutator:
        """The same for the same request line, however requests follow one another."""
        line = re.sub(rb"\d{4,5}", b"", asked)
        self._seen[line] += 1
        return Mutator(f"{self._seed} {line!r} {self._seen[line]}")


async def _requests(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[bytes]) -> None:
    while data := await reader.read(1 << 20):
        asked[0] = data.partition(b"\r\n")[0]
        writer.write(data)
        await writer.drain()
