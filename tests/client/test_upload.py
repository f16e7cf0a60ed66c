"""Bodies that come in pieces are sent as they come, no faster than the backend takes them."""
import asyncio

import pytest
from krakpy_sdk import Timeout

from tests.client.conftest import ask
from tests.client.upstream import answering, hanging, ok

END = b"0\r\n\r\n"


async def pieces(*parts):
    for part in parts:
        yield part


async def test_pieces_are_written_as_they_are(serving, pooling):
    upstream = await serving(answering(ok()))
    await ask(pooling(), upstream, method="POST", body=pieces(b"5\r\nhello\r\n", b"1\r\n!\r\n", END))
    assert upstream.requests[0].endswith(b"\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")


async def test_the_connection_is_reused_after_the_whole_body(serving, pooling):
    upstream, pool = await serving(answering(ok(), ok())), pooling()
    for _ in range(2):
        await ask(pool, upstream, method="POST", body=pieces(END))
    assert upstream.connections == 1


async def test_a_backend_that_does_not_read_slows_the_source_down(serving, pooling):
    taken = 0

    async def endless():
        nonlocal taken
        while True:
            taken += 65536
            yield b"10000\r\n" + b"x" * 65536 + b"\r\n"

    async def deaf(peer):
        await asyncio.sleep(0.3)

    with pytest.raises(Timeout):
        await ask(pooling(), await serving(deaf), method="POST", body=endless(), within=0.1)
    # what the kernel's buffers of both sides take
    assert taken < 20_000_000


async def test_a_paused_body_goes_on_when_the_backend_reads(serving, pooling):
    body = [b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 100

    async def slow(peer):
        await asyncio.sleep(0.05)
        await peer.answer(ok(b"got it"))
        await peer.gone()

    upstream = await serving(slow)
    answer = await ask(pooling(), upstream, method="POST", body=pieces(*body, END))
    assert answer.body == b"got it"
    assert upstream.requests[0].count(b"x") == 6_553_600


async def test_an_error_of_the_source_ends_the_exchange_and_the_connection(serving, pooling):
    async def broken():
        yield b"1\r\nx\r\n"
        raise LookupError("the client is gone")

    upstream = await serving(hanging)
    with pytest.raises(LookupError, match="the client is gone"):
        await ask(pooling(), upstream, method="POST", body=broken())
    await upstream.someone_left.wait()


async def test_c24_cancelling_ends_the_source(serving, pooling):
    ended, started = asyncio.Event(), asyncio.Event()

    async def endless():
        try:
            yield b"1\r\nx\r\n"
            started.set()
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    exchange = ask(pooling(), await serving(hanging), method="POST", body=endless())
    await started.wait()
    exchange.cancel()
    async with asyncio.timeout(20):
        await ended.wait()


async def test_a_connection_with_an_unsent_body_is_not_reused(serving, pooling):
    """A backend may answer before it has read all, a refusal for instance; the rest of the body is no request."""

    async def endless():
        yield b"1\r\nx\r\n"
        await asyncio.get_running_loop().create_future()

    async def refusing(peer):
        await peer.read(10)
        await peer.send(ok(b"no", status="413 Too much"))
        await peer.gone()

    upstream, pool = await serving(refusing, answering(ok(b"next"))), pooling()
    assert (await ask(pool, upstream, method="POST", body=endless())).status == 413
    assert (await ask(pool, upstream)).body == b"next"


async def test_a_connection_whose_buffer_holds_a_body_is_not_reused(serving, pooling):
    async def refusing(peer):
        await peer.read(10)
        await peer.send(ok(b"no", status="413 Too much"))
        await asyncio.sleep(0.2)

    upstream, pool = await serving(refusing, answering(ok(b"next"))), pooling()
    assert (await ask(pool, upstream, method="POST", body=b"x" * 20_000_000)).status == 413
    assert (await ask(pool, upstream, method="POST", body=b"y")).body == b"next"


async def test_c19_a_body_in_pieces_is_never_sent_twice(serving, pooling):
    async def closing(peer):
        await peer.answer(ok())
        await peer.request()

    upstream, pool = await serving(closing), pooling()
    await ask(pool, upstream)
    with pytest.raises(Exception, match="without an answer"):
        await ask(pool, upstream, method="PUT", body=pieces(END))
    assert len(upstream.requests) == 2


@pytest.mark.parametrize("says", [b"HTTP/1.1 100 Continue\r\n\r\n", b""], ids=["at its word", "at the timeout"])
async def test_a_body_that_waits_is_asked_for_at_the_backends_word_or_at_the_timeout(serving, pooling, says):
    heads = []

    async def script(peer):
        heads.append(await peer._reader.readuntil(b"\r\n\r\n"))
        await peer.send(says)
        assert await peer.read(5) == END
        await peer.send(ok(b"got it"))
        await peer.gone()

    timeout_s = 60.0 if says else 0.05
    pool, upstream = pooling(expect_continue_timeout_s=timeout_s), await serving(script)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
    deadline = asyncio.get_running_loop().time() + 30
    exchange = pool.exchange(upstream.origin, head, pieces(END), method="POST", deadline=deadline, stream=False)
    assert (await exchange).body == b"got it"


async def test_a_body_that_waits_is_never_asked_for_when_the_backend_refuses(serving, pooling):
    async def untouched():
        yield pytest.fail("somebody asked")

    async def refusing(peer):
        await peer._reader.readuntil(b"\r\n\r\n")
        await peer.send(ok(b"no", status="417 Expectation Failed"))
        await peer.gone()

    pool, upstream = pooling(expect_continue_timeout_s=60.0), await serving(refusing)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
    deadline = asyncio.get_running_loop().time() + 30
    exchange = pool.exchange(upstream.origin, head, untouched(), method="POST", deadline=deadline, stream=False)
    assert (await exchange).status == 417


async def test_response_header_timeout_begins_when_the_whole_body_is_sent(serving, pooling):
    """A client that sends slowly takes nothing of the time that a backend has for its answer (Go: the same)."""

    async def slow():
        yield b"1\r\nx\r\n"
        await asyncio.sleep(1.2)
        yield END

    pool = pooling(response_header_timeout_s=1.0)
    answer = await ask(pool, await serving(answering(ok(b"got it"))), method="POST", body=slow())
    assert answer.body == b"got it"


async def test_it_ends_the_wait_for_an_answer_to_such_a_body(serving, pooling):
    pool = pooling(response_header_timeout_s=0.05)
    with pytest.raises(Timeout, match="awaiting response headers"):
        await ask(pool, await serving(hanging), method="POST", body=pieces(END))


async def test_it_does_not_begin_while_a_backend_is_slow_to_read_a_whole_body(serving, pooling):
    async def slow(peer):
        await asyncio.sleep(1.2)
        await peer.answer(ok(b"got it"))
        await peer.gone()

    pool = pooling(response_header_timeout_s=1.0)
    answer = await ask(pool, await serving(slow), method="POST", body=b"x" * 20_000_000)
    assert answer.body == b"got it"


async def test_it_has_no_say_once_an_answer_has_begun_before_the_end_of_the_body(serving, pooling):
    has_begun = asyncio.Event()

    async def script(peer):
        await peer.read(10)
        await peer.send(ok(b"hello")[:-5])
        has_begun.set()
        while not (await peer.read(1) == b"0" and await peer.read(4) == b"\r\n\r\n"):
            pass
        await asyncio.sleep(0.4)
        await peer.send(b"hello")
        await peer.gone()

    async def source():
        yield b"1\r\nx\r\n"
        await has_begun.wait()
        await asyncio.sleep(0.2)
        yield END

    pool = pooling(response_header_timeout_s=0.2)
    assert (await ask(pool, await serving(script), method="POST", body=source())).body == b"hello"
