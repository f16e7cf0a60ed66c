"""What an exchange with an upstream costs the worker: CPU of this process, the upstream is another one."""
from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import uvloop
from krakpy_sdk import Headers, Request, Response
from krakpy_sdk.testing import backend_settings

from benchmarks.documents import MEBIBYTE, SMALL
from benchmarks.parts.clock import Cost
from krakpy.client.origin import Origin
from krakpy.client.pool import Pool
from krakpy.client.transport import HttpTransport
from krakpy.config.transport import TransportSettings

ROUNDS = 3
CONNECTIONS = 32

FIELDS = (
    b"Content-Type: application/json\r\nDate: Mon, 02 Jan 2006 15:04:05 GMT\r\nServer: upstream\r\n"
    b"Cache-Control: no-cache\r\n"
)
HEAD = b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: krakpy\r\nAccept-Encoding: gzip\r\n\r\n"


def answer(body: bytes, fields: bytes = b"") -> bytes:
    """A whole answer."""
    return b"HTTP/1.1 200 OK\r\n%b%bContent-Length: %d\r\n\r\n%b" % (FIELDS, fields, len(body), body)


def chunked(body: bytes) -> bytes:
    """A whole answer, in one chunk."""
    head = b"HTTP/1.1 200 OK\r\n%bTransfer-Encoding: chunked\r\n\r\n" % FIELDS
    return b"%b%x\r\n%b\r\n0\r\n\r\n" % (head, len(body), body)


class Upstream(asyncio.Protocol):
    """Answers by the path, looking at nothing else."""

    def __init__(self) -> None:
        self._answers = {b"/same": answer(SMALL), b"/large": answer(MEBIBYTE), b"/chunked": chunked(SMALL)}
        self._numbers = count()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        path = data[4 : data.find(b" ", 4)]
        given = self._answers.get(path) or answer(SMALL, b"X-Request-Id: %d\r\n" % next(self._numbers))
        self._transport.write(given)


async def serve() -> None:
    """The process of the upstream: tells its port, ends when nobody holds its standard input any more."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Upstream, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


@asynccontextmanager
async def upstream() -> AsyncIterator[int]:
    """A process that answers, on this port."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.parts.pool", stdin=pipe, stdout=pipe
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.stdin.close()
        await process.wait()


async def shared_cost(name: str, operation: Callable[[], Awaitable[Any]], *, number: int, at_once: int = 1) -> Cost:
    """The cost of one operation while so many are under way."""

    async def client() -> None:
        for _ in range(number // at_once):
            await operation()

    best = float("inf")
    await asyncio.gather(*[client() for _ in range(at_once)])
    for _ in range(ROUNDS):
        started = time.process_time()
        await asyncio.gather(*[client() for _ in range(at_once)])
        best = min(best, time.process_time() - started)
    return Cost(name, best / (number // at_once * at_once) * 1e6, f"{at_once} at once, system calls included")


async def measure() -> list[Cost]:
    """The cost of exchanges of several kinds."""
    async with upstream() as port:
        pool = Pool(TransportSettings())
        origin = Origin("http", "127.0.0.1", port)
        loop = asyncio.get_running_loop()

        def exchange(path: bytes) -> Awaitable[Any]:
            deadline = loop.time() + 2
            return pool.exchange(origin, HEAD % path, None, method="GET", deadline=deadline, stream=False)

        async def streamed() -> None:
            given = await pool.exchange(origin, HEAD % b"/large", None, method="GET", deadline=None, stream=True)
            async for _ in given.stream or ():  # type: ignore[union-attr]
                pass

        costs = [
            await shared_cost("pool", lambda: exchange(b"/same"), number=4_000),
            await shared_cost("pool", lambda: exchange(b"/same"), number=12_800, at_once=CONNECTIONS),
            await shared_cost("pool, every head is new", lambda: exchange(b"/new"), number=12_800, at_once=CONNECTIONS),
            await shared_cost("pool, chunked", lambda: exchange(b"/chunked"), number=12_800, at_once=CONNECTIONS),
            await shared_cost("client seat", through(port, pool), number=12_800, at_once=CONNECTIONS),
            await shared_cost("pool, 1 MiB collected", lambda: exchange(b"/large"), number=100),
            await shared_cost("pool, 1 MiB streamed", streamed, number=100),
        ]
        await pool.close()
    return costs


def through(port: int, pool: Pool) -> Callable[[], Awaitable[Response]]:
    """Asks as the pipeline does: a Request in, a Response out."""
    transport = HttpTransport(backend_settings(), pool)
    pairs = (("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Host", "localhost:8080"), ("User-Agent", "krakpy"))
    headers = Headers(pairs)
    url = f"http://127.0.0.1:{port}/same"
    loop = asyncio.get_running_loop()
    return lambda: transport(Request(url=url, headers=headers, deadline=loop.time() + 2))


if __name__ == "__main__":
    uvloop.run(serve())
