"""The judge of "nothing was lost": a client that never tries again and checks all of an answer.

    tally = Tally()
    async with clients(port, 20, tally): ...        # each sends one request after the other while the block lasts
    assert tally.lost == {}

A request is sent when its last byte is written. It is lost unless a whole answer comes back, with status 200, the
length that is announced and the nonce of this very request in its body. A connection is given up only where an answer
announced that, or where a request was lost.
"""
from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

WITHIN_S = 30.0


@dataclass
class Tally:
    """What became of the requests."""

    answered: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    """By outcome: `refused`, `reset`, `cut short`, `status 502`, `wrong body`, `late`."""
    hurt: set[int] = field(default_factory=set)
    """The clients that lost a request."""
    took_s: list[float] = field(default_factory=list)
    """How long each answer took, its connection included."""
    announced: int = 0
    """How many connections the gateway ended, and said so."""


class Client:
    """One client: on a connection that is kept, or on a `fresh` one for each request; it may `think` in between."""

    def __init__(self, port: int, number: int, tally: Tally, *, fresh: bool = False, path: str = "/fine/") -> None:
        self._port, self._number, self._tally, self._fresh, self._path = port, number, tally, fresh, path
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self, is_over: Callable[[], bool], think: Callable[[], float]) -> None:
        """Ask until it is over."""
        for number in count():
            if is_over():
                break
            began = time.perf_counter()
            outcome = await self._ask(f"{self._number}-{number}")
            if outcome:
                self._tally.lost[outcome] += 1
                self._tally.hurt.add(self._number)
                self._hang_up()
            else:
                self._tally.answered += 1
                self._tally.took_s.append(time.perf_counter() - began)
            if pause := think():
                await asyncio.sleep(pause)
        self._hang_up()

    async def _ask(self, nonce: str) -> str:
        """What went wrong, or nothing."""
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._exchange(nonce)
        except ConnectionRefusedError:
            return "refused"
        except asyncio.IncompleteReadError as error:
            return "cut short" if error.partial else "closed unannounced"
        except TimeoutError:
            return "late"
        except OSError as error:
            return f"reset ({type(error).__name__})"

    async def _exchange(self, nonce: str) -> str:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        ending = "Connection: close\r\n" if self._fresh else ""
        writer.write(f"GET {self._path}{nonce} HTTP/1.1\r\nHost: gateway.test\r\n{ending}\r\n".encode())
        status, *fields = (await reader.readuntil(b"\r\n\r\n"))[:-4].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in fields)}
        body = await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection", "").lower() == "close":
            self._tally.announced += not self._fresh
            self._hang_up()
        if not status.startswith("HTTP/1.1 200 "):
            return f"status {status[9:12]}"
        return "" if f'"nonce": "{nonce}"'.encode() in body else "wrong body"

    def _hang_up(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@asynccontextmanager
async def clients(
    port: int,
    number: int,
    tally: Tally,
    *,
    fresh: bool = False,
    think: Callable[[], float] = lambda: 0.0,
    path: str = "/fine/",
) -> AsyncIterator[None]:
    """So many clients at work as long as the block lasts."""
    over = asyncio.Event()
    asking = [Client(port, n, tally, fresh=fresh, path=path) for n in range(number)]
    tasks = [asyncio.ensure_future(client.run(over.is_set, think)) for client in asking]
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*tasks)
