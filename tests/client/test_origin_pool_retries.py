"""Who gets a second try, and who never does."""
import asyncio
from typing import Any

import pytest
from krakpy_sdk import Refused, Timeout

from krakpy.client.exchange import Answer
from krakpy.client.origin import Origin
from krakpy.client.pool import Pool
from krakpy.config.settings import TransportSettings
from tests.client.conftest import ask
from tests.client.connections import Dials, Held
from tests.client.upstream import answering, closing_after, hanging, ok


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])
async def test_c19_an_idempotent_request_on_a_stale_connection_is_sent_once_more(serving, pooling, method):
    upstream, pool = await serving(closing_after(ok()), answering(ok())), pooling()
    await ask(pool, upstream)
    assert (await ask(pool, upstream, method=method)).status == 200
    assert upstream.connections == 2


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_c19_other_requests_on_a_stale_connection_fail_and_are_never_sent_twice(serving, pooling, method):
    upstream, pool = await serving(closing_after(ok()), answering(ok())), pooling()
    await ask(pool, upstream)
    with pytest.raises(Refused, match="without an answer"):
        await ask(pool, upstream, method=method, body=b"x")
    assert len(upstream.requests) == 2


async def test_c19_a_connection_that_the_backend_closed_is_not_used(serving, pooling):
    async def once(peer):
        await peer.answer(ok())

    upstream, pool = await serving(once), pooling()
    for _ in range(5):
        await ask(pool, upstream)
    assert (await ask(pool, upstream, method="POST", body=b"x")).status == 200
    assert len(upstream.requests) == 6


async def test_c02_there_is_no_second_try_on_a_new_connection(serving, pooling):
    upstream, pool = await serving(closing_after()), pooling()
    with pytest.raises(Refused):
        await ask(pool, upstream)
    assert upstream.connections == 1


async def test_c02_there_is_one_second_try_only(serving, pooling):
    upstream, pool = await serving(closing_after(ok()), closing_after()), pooling()
    await ask(pool, upstream)
    with pytest.raises(Refused):
        await ask(pool, upstream)
    assert (upstream.connections, len(upstream.requests)) == (2, 3)


async def test_c02_there_is_no_second_try_after_the_first_byte(serving, pooling):
    async def broken(peer):
        await peer.answer(ok())
        await peer.answer(b"H")

    upstream, pool = await serving(broken, answering(ok())), pooling()
    await ask(pool, upstream)
    with pytest.raises(Refused):
        await ask(pool, upstream)
    assert upstream.connections == 1


async def test_c02_a_second_try_on_a_connection_in_use_is_the_last(serving):
    first_may_answer = asyncio.Event()

    async def busy(peer):
        await peer.request()
        await first_may_answer.wait()
        await peer.send(ok())
        await peer.request()

    upstream = await serving(busy, closing_after(ok()))
    dial = Dials(2)
    pool = Pool(TransportSettings(), dialer=dial)
    other = ask(pool, upstream)
    while not upstream.requests:
        await asyncio.sleep(0.001)
    await ask(pool, upstream)
    stale = ask(pool, upstream)
    await dial.is_awaited.wait()
    first_may_answer.set()
    with pytest.raises(Refused, match="without an answer"):
        await stale
    await other
    assert len(upstream.requests) == 4
    await pool.close()


async def test_a_second_try_comes_before_all_others(pooling):
    origin = Pool(TransportSettings(), dialer=Dials(0)).at(Origin("http", "a.test", 80))
    others = [origin.exchange(b"", None, method="GET", deadline=None, stream=False, make=Answer) for _ in range(3)]
    others[1].cancel()
    origin.retry(others[1])
    held: Any = Held(is_quiet=True)
    origin.release(held)
    assert held.sent == [others[1]]
    origin.close()


async def test_the_second_try_keeps_the_deadline(serving, pooling):
    upstream, pool = await serving(closing_after(ok()), hanging), pooling()
    await ask(pool, upstream)
    with pytest.raises(Timeout):
        await ask(pool, upstream, within=0.1)
