"""One worker's connections to all origins."""
import asyncio
import gc

import pytest
from krakpy_sdk import Refused

from krakpy.client.options import Limits
from krakpy.client.origin import Origin
from tests.client.conftest import ask
from tests.client.upstream import answering, hanging, ok


async def test_c26_origins_never_share_connections(serving, pooling):
    one, two = await serving(answering(ok(b"1"), ok(b"1"))), await serving(answering(ok(b"2"), ok(b"2")))
    pool = pooling()
    bodies = [(await ask(pool, upstream)).body for upstream in (one, two, one, two)]
    assert bodies == [b"1", b"2", b"1", b"2"]


async def test_c26_names_of_one_address_never_share_connections(serving, pooling):
    upstream, pool = await serving(answering(ok(), ok())), pooling()
    for host in ("127.0.0.1", "localhost"):
        origin = Origin("http", host, upstream.port)
        await pool.exchange(origin, b"GET / HTTP/1.1\r\n\r\n", None, method="GET", deadline=None, stream=False)
    assert upstream.connections == 2


async def test_max_idle_connections_closes_what_has_been_idle_longest(serving, pooling):
    upstreams = [await serving(answering(ok(), ok())) for _ in range(3)]
    pool = pooling(max_idle_connections=2)
    for upstream in upstreams:
        await ask(pool, upstream)
    await upstreams[0].someone_left.wait()
    for upstream in reversed(upstreams):
        await ask(pool, upstream)
    assert [upstream.connections for upstream in upstreams] == [2, 1, 1]


async def test_closing_ends_every_exchange_and_connection(serving, pooling):
    upstream, idle = await serving(hanging), await serving(answering(ok()))
    pool = pooling(Limits(max_connections_per_origin=1))
    await ask(pool, idle)
    exchanges = [ask(pool, upstream), ask(pool, upstream)]
    while not upstream.connections:
        await asyncio.sleep(0.001)
    await pool.close()
    results = await asyncio.gather(*exchanges, return_exceptions=True)
    assert [type(result) for result in results] == [Refused, Refused]
    await idle.someone_left.wait()


async def test_closing_ends_connections_that_are_being_made(serving, pooling):
    upstream, pool = await serving(answering(ok())), pooling()
    exchange = ask(pool, upstream)
    await pool.close()
    with pytest.raises(Refused, match="shutting down"):
        await exchange


async def test_a_closed_origin_takes_no_more_exchanges(serving, pooling):
    upstream, pool = await serving(answering(ok())), pooling()
    origin = pool.at(upstream.origin)
    await pool.close()
    exchange = origin.exchange(b"", None, method="GET", deadline=None, stream=False, make=tuple)
    with pytest.raises(Refused, match="shutting down"):
        await exchange


async def test_origins_without_connections_are_forgotten_above_the_limit(serving, pooling):
    upstream, pool = await serving(answering(ok())), pooling(Limits(max_origins=3))
    await ask(pool, upstream)
    used = pool.at(upstream.origin)
    for port in range(1, 20):
        pool.at(Origin("http", "127.0.0.1", port))
    assert len(pool._origins) <= 4
    assert pool.at(upstream.origin) is used


async def test_a_worker_that_has_answered_leaks_nothing(serving, pooling):
    upstream, pool = await serving(answering(*[ok(b"x")] * 300)), pooling()
    await ask(pool, upstream)
    gc.collect()
    gc.disable()
    before = len(gc.get_objects())
    for _ in range(200):
        await ask(pool, upstream)
    after = len(gc.get_objects())
    gc.enable()
    assert after - before < 100
