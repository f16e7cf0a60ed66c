"""A client that lets nothing pass: status, length and body are checked, and whatever is lost is counted."""
from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any


class Lost(Exception):
    """A request that was sent and not answered as it has to be."""


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """A kept-alive connection that sends one request after the other."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, within_s: float = 15.0) -> Answer:
        """The answer; Lost if there is none, or not a whole one."""
        try:
            async with asyncio.timeout(within_s):
                return await self._get(path)
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            await self.close()
            raise Lost(f"{path}: {type(error).__name__}: {error}") from error

    async def _get(self, path: str) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: gateway.test\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *fields = head.rstrip("\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in fields)}
        body = await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            await self.close()
        return Answer(int(status.split()[1]), headers, body)

    async def close(self) -> None:
        """Give the connection up."""
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].close()
            try:
                await streams[1].wait_closed()
            except OSError:
                pass


async def ask_once(port: int, path: str) -> Answer:
    """The answer on a connection of its own."""
    connection = Connection(port)
    try:
        return await connection.get(path)
    finally:
        await connection.close()


@dataclass
class Tally:
    """What became of the bystanders' requests."""

    answered: int = 0
    lost: list[str] = field(default_factory=list)
    lost_of: dict[int, int] = field(default_factory=dict)
    """How many each connection lost."""


#: how often each connection asks at least, however short the block is
_LEAST = 5


class Bystanders:
    """Connections that ask for `/fine/N` one request after the other: as long as the block lasts, `_LEAST` at least."""

    def __init__(self, port: int, connections: int = 8) -> None:
        self._port = port
        self._connections = connections
        self._nonces = count()
        self._is_over = False
        self.tally = Tally()

    async def __aenter__(self) -> Tally:
        self._tasks = [asyncio.ensure_future(self._ask(number)) for number in range(self._connections)]
        return self.tally

    async def __aexit__(self, *_: object) -> None:
        self._is_over = True
        await asyncio.gather(*self._tasks)

    async def _ask(self, number: int) -> None:
        connection = Connection(self._port)
        asked = 0
        while not self._is_over or asked < _LEAST:
            asked += 1
            nonce = f"{number}-{next(self._nonces)}"
            try:
                answer = await connection.get(f"/fine/{nonce}")
                if (answer.status, answer.json()) != (200, {"nonce": nonce}):
                    raise Lost(f"{nonce} was answered {answer.status} {answer.body!r}")
                self.tally.answered += 1
            except (Lost, ValueError) as error:
                self.tally.lost.append(str(error))
                self.tally.lost_of[number] = self.tally.lost_of.get(number, 0) + 1
            # NOTE: this process is upstream and client at once, and has to leave the gateway some of two cores
            await asyncio.sleep(0.002)
        await connection.close()
