"""Upstreams, pools and exchanges; every test that uses the event loop runs on asyncio's and on uvloop's."""
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import uvloop

from krakpy.client.options import Limits
from krakpy.client.pool import Pool
from krakpy.config.settings import TransportSettings
from tests.client.upstream import Script, Upstream

Serving = Callable[..., Awaitable[Upstream]]
Pooling = Callable[..., Pool]


def pytest_asyncio_loop_factories(config: Any, item: Any) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def serving() -> AsyncIterator[Serving]:
    """Starts upstreams that play scripts."""
    upstreams = []

    async def start(*scripts: Script, tls: Any = None) -> Upstream:
        upstream = Upstream(*scripts)
        await upstream.open(tls)
        upstreams.append(upstream)
        return upstream

    yield start
    for upstream in upstreams:
        await upstream.close()


@pytest.fixture
async def pooling() -> AsyncIterator[Pooling]:
    """Makes pools with some transport settings and limits."""
    pools = []

    def make(limits: Limits | None = None, **options: Any) -> Pool:
        pools.append(Pool(TransportSettings(**options), limits=limits))
        return pools[-1]

    yield make
    for pool in pools:
        await pool.close()


def ask(
    pool: Pool,
    upstream: Upstream,
    *,
    method: str = "GET",
    target: str = "/",
    body: Any = None,
    within: float = 30.0,
    stream: bool = False,
) -> Any:
    """Starts an exchange with an upstream, and gives the future of its answer."""
    framing = b""
    if isinstance(body, bytes):
        framing = b"Content-Length: %d\r\n" % len(body)
    elif body is not None:
        framing = b"Transfer-Encoding: chunked\r\n"
    head = f"{method} {target} HTTP/1.1\r\nHost: test\r\n".encode() + framing + b"\r\n"
    deadline = asyncio.get_running_loop().time() + within
    return pool.exchange(upstream.origin, head, body, method=method, deadline=deadline, stream=stream)
