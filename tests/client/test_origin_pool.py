"""Who gets which connection, who waits, and who gets a second try."""
import asyncio
from typing import Any

import pytest
from krakpy_sdk import Refused, Timeout

from krakpy.client.dialing import Dialer
from krakpy.client.exchange import Answer
from krakpy.client.options import Limits
from krakpy.client.origin import Origin
from krakpy.client.pool import Pool
from krakpy.config.settings import TransportSettings
from tests.client.conftest import ask
from tests.client.connections import Dials, Held
from tests.client.upstream import Upstream, answering, closing_after, hanging, ok


def together(size):
    """Answers the first request of each connection once there are so many; later ones at once."""
    everybody = asyncio.Barrier(size)

    async def script(peer):
        await peer.request()
        await everybody.wait()
        await peer.send(ok())
        await answering(*[ok()] * 9)(peer)

    return script


async def test_an_idle_connection_is_used_again(serving, pooling):
    upstream, pool = await serving(answering(ok(b"1"), ok(b"2"))), pooling()
    assert [(await ask(pool, upstream)).body for _ in range(2)] == [b"1", b"2"]
    assert upstream.connections == 1


async def test_an_idle_connection_is_written_to_before_exchange_returns(serving, pooling):
    """A merge starts all its requests first and waits afterwards, without a task for each."""
    upstream, pool = await serving(answering(ok(b"1"), ok(b"2"))), pooling()
    await ask(pool, upstream)
    exchange = ask(pool, upstream)
    connection = exchange.holder
    assert connection in pool.at(upstream.origin)._connections
    assert (await exchange).body == b"2"


async def test_exchanges_at_the_same_time_have_connections_of_their_own(serving, pooling):
    upstream, pool = await serving(together(3)), pooling()
    await asyncio.gather(*[ask(pool, upstream) for _ in range(3)])
    assert upstream.connections == 3


async def test_disable_keep_alives_makes_a_connection_for_each(serving, pooling):
    upstream, pool = await serving(answering(ok())), pooling(disable_keep_alives=True)
    for _ in range(3):
        await ask(pool, upstream)
    assert upstream.connections == 3


async def test_max_idle_connections_per_host_closes_the_others(serving, pooling):
    upstream, pool = await serving(together(3)), pooling(max_idle_connections_per_host=1)
    await asyncio.gather(*[ask(pool, upstream) for _ in range(3)])
    while upstream.gone < 2:
        await asyncio.sleep(0.001)
    await ask(pool, upstream)
    assert upstream.connections == 3


async def test_idle_connection_timeout_closes_what_rests(serving, pooling):
    upstream, pool = await serving(answering(ok())), pooling(idle_connection_timeout_s=0.05)
    await ask(pool, upstream)
    async with asyncio.timeout(20):
        await upstream.someone_left.wait()


async def test_idle_connection_timeout_begins_anew_with_each_exchange(serving, pooling):
    upstream, pool = await serving(answering(*[ok()] * 9)), pooling(idle_connection_timeout_s=60)
    ends = []
    for _ in range(4):
        await ask(pool, upstream)
        (connection,) = pool.at(upstream.origin)._idle
        ends.append(connection._deadline)
        await asyncio.sleep(0.002)
    assert upstream.connections == 1
    assert ends == sorted(set(ends))


async def test_c23_more_exchanges_than_connections_wait_in_line(serving, pooling):
    upstream, pool = await serving(answering(*[ok()] * 20)), pooling(Limits(max_connections_per_origin=2))
    answers = await asyncio.gather(*[ask(pool, upstream) for _ in range(10)])
    assert [answer.status for answer in answers] == [200] * 10
    assert upstream.connections <= 2


async def test_c23_who_waits_gets_a_new_connection_when_one_is_lost(serving, pooling):
    upstream = await serving(closing_after(), answering(ok(b"next")))
    pool = pooling(Limits(max_connections_per_origin=1))
    first, second = ask(pool, upstream), ask(pool, upstream)
    with pytest.raises(Refused):
        await first
    assert (await second).body == b"next"


async def test_c23_who_waits_gets_no_connection_with_an_extra_byte(serving, pooling):
    upstream = await serving(answering(ok(b"right") + b"x"), answering(ok(b"next")))
    pool = pooling(Limits(max_connections_per_origin=1))
    first, second = ask(pool, upstream), ask(pool, upstream)
    assert [(await first).body, (await second).body] == [b"right", b"next"]


async def test_c23_who_waits_fails_at_its_own_deadline(serving, pooling):
    upstream, pool = await serving(hanging), pooling(Limits(max_connections_per_origin=1))
    holder = ask(pool, upstream)
    waiting = [ask(pool, upstream, within=0.1) for _ in range(100)]
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert {str(result) for result in results} == {"context deadline exceeded"}
    assert not holder.done()
    holder.cancel()


async def test_c23_a_dead_backend_leaves_the_others_alone(serving, pooling):
    dead, well = await serving(hanging), await serving(answering(ok()))
    pool = pooling(Limits(max_connections_per_origin=2))
    waiting = [ask(pool, dead, within=60) for _ in range(50)]
    assert (await ask(pool, well, within=30)).status == 200
    for exchange in waiting:
        assert not exchange.done()
        exchange.cancel()


async def test_c23_who_finds_the_line_full_is_refused_at_once(serving, pooling):
    dead = await serving(hanging)
    pool = pooling(Limits(max_connections_per_origin=1, max_waiting_per_origin=2))
    waiting = [ask(pool, dead, within=60) for _ in range(3)]
    with pytest.raises(Refused, match="too many requests wait"):
        await ask(pool, dead, within=60)
    assert not any(exchange.done() for exchange in waiting)
    for exchange in waiting:
        exchange.cancel()


async def test_a_backend_that_closes_at_once_is_refused(serving):
    class Short(Dialer):
        async def dial(self, *target):
            connection = await super().dial(*target)
            connection.close()
            return connection

    pool = Pool(TransportSettings(), dialer=Short(TransportSettings()))
    with pytest.raises(Refused, match="closed the connection at once"):
        await ask(pool, await serving(hanging))
    await pool.close()


async def test_an_idle_connection_that_ends_is_forgotten(serving, pooling):
    async def once(peer):
        await peer.answer(ok())

    upstream, pool = await serving(once), pooling()
    await ask(pool, upstream)
    async with asyncio.timeout(20):
        while not pool.at(upstream.origin).is_unused:
            await asyncio.sleep(0.001)
    assert pool.at(upstream.origin)._idle == []


async def test_c23_who_waits_gets_no_connection_with_an_unread_byte(pooling):
    noisy: Any = Held(is_quiet=False)
    origin = Pool(TransportSettings(), dialer=Dials(0)).at(Origin("http", "a.test", 80))
    exchange = origin.exchange(b"", None, method="GET", deadline=None, stream=False, make=Answer)
    origin.release(noisy)
    assert noisy.is_closed
    assert not exchange.done()
    origin.close()


async def test_an_attempt_that_is_late_fails_nobody_else(serving):
    class Late(Dialer):
        attempts = 0

        async def dial(self, *target):
            self.attempts += 1
            if self.attempts == 1:
                raise Timeout("context deadline exceeded")
            return await super().dial(*target)

    upstream = await serving(answering(ok()))
    pool = Pool(TransportSettings(), dialer=Late(TransportSettings()))
    assert (await ask(pool, upstream)).status == 200
    await pool.close()


async def test_c24_who_gives_up_waiting_leaves_the_line(serving, pooling):
    upstream, pool = await serving(answering(*[ok()] * 3)), pooling(Limits(max_connections_per_origin=1))
    first, second, third = [ask(pool, upstream) for _ in range(3)]
    second.cancel()
    assert (await first).status == (await third).status == 200
    assert len(upstream.requests) == 2


async def test_c01_a_connection_that_cannot_be_made_fails_everybody_in_line(pooling):
    closed = Upstream(hanging)
    await closed.open()
    await closed.close()
    pool = pooling()
    results = await asyncio.gather(*[ask(pool, closed) for _ in range(3)], return_exceptions=True)
    assert [str(result) for result in results] == [f"http://127.0.0.1:{closed.port}: connection refused"] * 3


async def test_a_connection_that_is_made_too_late_serves_the_next(serving, pooling):
    upstream, pool = await serving(answering(ok(), ok())), pooling()
    ask(pool, upstream).cancel()
    while not upstream.connections:
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)
    await ask(pool, upstream)
    assert upstream.connections == 1


async def test_equal_heads_are_parsed_once(serving, pooling):
    upstream, pool = await serving(answering(*[ok(b"1")] * 2, ok(b"12"))), pooling()
    first, second, third = [(await ask(pool, upstream)).headers for _ in range(3)]
    assert first is second is not third


async def test_the_memory_of_heads_is_bounded(serving, pooling):
    answers = [ok(b"", f"X-Id: {number}") for number in range(200)]
    upstream, pool = await serving(answering(*answers)), pooling()
    for number in range(200):
        assert (await ask(pool, upstream)).headers["x-id"] == str(number)
    assert len(pool.at(upstream.origin)._heads) <= 64
