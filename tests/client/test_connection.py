"""What one connection makes of whatever a backend does with it."""
import asyncio
import tracemalloc

import pytest
from krakpy_sdk import Refused, Timeout, UpstreamError

from krakpy.client.options import Limits
from tests.client.conftest import ask
from tests.client.upstream import answering, ending, hanging, in_pieces, ok

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\n\r\n"


def dripping(beginning, drop):
    """Answers one request with a beginning and then with the same drop for ever."""

    async def script(peer):
        await peer.answer(beginning)
        while True:
            await peer.send(drop)
            await asyncio.sleep(0.01)

    return script


async def test_request_is_written_as_it_is(serving, pooling):
    upstream = await serving(answering(ok()))
    await ask(pooling(), upstream, method="PUT", target="/a?b", body=b"body")
    assert upstream.requests == [b"PUT /a?b HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbody"]


async def test_a_body_larger_than_a_segment_is_written_whole(serving, pooling):
    upstream = await serving(answering(ok()))
    body = b"x" * 1_000_000
    await ask(pooling(), upstream, method="PUT", body=body)
    assert upstream.requests[0].endswith(b"\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("script", "body"),
    [
        pytest.param(answering(ok(b"hello")), b"hello", id="one-segment"),
        pytest.param(answering(ok(b"")), b"", id="empty"),
        pytest.param(answering(ok(b"x", status="404 No")), b"x", id="any-status"),
        pytest.param(answering(ok(b"x" * 700_000)), b"x" * 700_000, id="large"),
        pytest.param(in_pieces(*[bytes([byte]) for byte in ok(b"hello")]), b"hello", id="bytewise"),
        pytest.param(answering(CHUNKED + b"5\r\nhello\r\n0\r\n\r\n"), b"hello", id="chunked"),
        pytest.param(in_pieces(CHUNKED, b"5\r\nhe", b"llo\r\n0\r", b"\nA: b\r\n\r\n"), b"hello", id="chunked-cut"),
        pytest.param(ending(PLAIN + b"hello"), b"hello", id="until-close"),
        pytest.param(ending(PLAIN), b"", id="until-close-empty"),
        pytest.param(ending(b"HTTP/1.0 200 OK\r\n\r\nhello"), b"hello", id="C-15-http-1.0"),
        pytest.param(ending(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"), b"hello", id="C-15-http-1.0-sized"),
        pytest.param(answering(b"HTTP/1.1 204 No\r\n\r\n"), b"", id="C-14-204"),
        pytest.param(answering(b"HTTP/1.1 304 No\r\nContent-Length: 7\r\n\r\n"), b"", id="304"),
        pytest.param(answering(b"HTTP/1.1 100 Go on\r\n\r\n" + ok(b"hello")), b"hello", id="C-16-100"),
        pytest.param(in_pieces(b"HTTP/1.1 103 Hints\r\nA: b\r\n\r\n", ok(b"hello")), b"hello", id="C-16-103"),
        pytest.param(answering(b"HTTP/1.1 103 Hints\r\n\r\n" * 20 + ok(b"hello")), b"hello", id="C-16-20-hints"),
    ],
)
async def test_a_good_answer_is_given(serving, pooling, script, body):
    answer = await ask(pooling(), await serving(script))
    assert (answer.body, answer.stream) == (body, None)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b""),
    ],
)
async def test_answers_to_head_have_no_body_and_keep_the_connection(serving, pooling, answer, body):
    upstream, pool = await serving(answering(answer, answer)), pooling()
    assert (await ask(pool, upstream, method="HEAD")).body == body
    assert (await ask(pool, upstream, method="HEAD")).body == body
    assert upstream.connections == 1


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(ending(b""), id="C-02-nothing"),
        pytest.param(ending(b"HTTP/1.1 200 OK\r\nConte"), id="C-02-half-a-head"),
        pytest.param(ending(b"HTTP/1.1 100 Go on\r\n\r\n"), id="C-02-interim-only"),
        pytest.param(ending(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"), id="C-07-length"),
        pytest.param(ending(CHUNKED + b"5\r\nhello\r\n"), id="C-07-chunked"),
        pytest.param(ending(CHUNKED + b"5\r\nhello\r\n0\r\n"), id="C-07-trailer"),
    ],
)
async def test_answers_that_are_cut_off_are_errors(serving, pooling, script):
    with pytest.raises(Refused, match="closed the connection"):
        await ask(pooling(), await serving(script))


@pytest.mark.parametrize("beginning", [b"", PLAIN + b"hell", CHUNKED + b"5\r\nhe", ok(b"hello")[:-1]])
async def test_c03_a_reset_within_an_answer_is_an_error(serving, pooling, beginning):
    async def script(peer):
        await peer.answer(beginning)
        await asyncio.sleep(0.01)
        peer.reset()

    with pytest.raises(Refused):
        await ask(pooling(), await serving(script))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(answering(CHUNKED + b"zz\r\n"), id="C-08-chunk-size"),
        pytest.param(in_pieces(CHUNKED, b"zz\r\n"), id="C-08-chunk-size-later"),
        pytest.param(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), id="C-09"),
        pytest.param(answering(b"HTTP/1.1 200 OK\r\nA: " + b"x" * 10_000_000), id="C-10-10-MB"),
        pytest.param(answering(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000 + b"\r\n"), id="C-10-100000-fields"),
        pytest.param(answering(b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"), id="C-15-LF-only"),
        pytest.param(answering(b"<html>hello"), id="C-15-http-0.9"),
        pytest.param(answering(b"HTTP/1.1 103 Hints\r\n\r\n" * 21), id="C-16-21-hints"),
        pytest.param(dripping(b"", b"HTTP/1.1 103 Hints\r\n\r\n"), id="C-16-endless-hints"),
        pytest.param(answering(b"HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\n"), id="C-16-101"),
    ],
)
async def test_breaches_of_the_protocol_are_errors_and_end_the_connection(serving, pooling, script):
    upstream = await serving(script)
    with pytest.raises(UpstreamError) as raised:
        await ask(pooling(), upstream)
    assert not isinstance(raised.value, Timeout)
    async with asyncio.timeout(20):
        await upstream.someone_left.wait()


async def test_c16_hints_are_counted_for_each_exchange(serving, pooling):
    answer = b"HTTP/1.1 103 Hints\r\n\r\n" * 15 + ok()
    upstream, pool = await serving(answering(answer, answer)), pooling()
    assert [(await ask(pool, upstream)).status for _ in range(2)] == [200, 200]
    assert upstream.connections == 1


async def test_c10_an_endless_head_costs_little_memory(serving, pooling):
    upstream = await serving(dripping(b"HTTP/1.1 200 OK\r\n", b"A: " + b"x" * 1000 + b"\r\n"), hanging)
    pool = pooling(Limits(max_head_bytes=8192))
    tracemalloc.start()
    with pytest.raises(UpstreamError, match="longer than 8192"):
        await ask(pool, upstream)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ok(b"x" * 1001), id="C-11-announced"),
        pytest.param(CHUNKED + b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n", id="C-11-chunked"),
        pytest.param(PLAIN + b"x" * 1001, id="C-11-until-close"),
    ],
)
@pytest.mark.parametrize("cut", [40, 5000], ids=["pieces", "whole"])
async def test_bodies_above_the_limit_are_errors(serving, pooling, answer, cut):
    upstream = await serving(in_pieces(*[answer[at : at + cut] for at in range(0, len(answer), cut)]))
    with pytest.raises(UpstreamError, match="more than 1000 bytes"):
        await ask(pooling(Limits(max_body_bytes=1000)), upstream)


async def test_c11_an_announced_length_above_the_limit_is_refused_before_the_body_comes(serving, pooling):
    upstream = await serving(answering(ok(b"x" * 1001)[:-1001]))
    with pytest.raises(UpstreamError, match="more than 1000 bytes"):
        await ask(pooling(Limits(max_body_bytes=1000)), upstream)


@pytest.mark.parametrize("answer", [ok(b"x" * 1000), CHUNKED + b"3e8\r\n" + b"x" * 1000 + b"\r\n0\r\n\r\n"])
async def test_bodies_up_to_the_limit_are_given(serving, pooling, answer):
    upstream = await serving(answering(answer))
    assert len((await ask(pooling(Limits(max_body_bytes=1000)), upstream)).body) == 1000


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\nA: ", b"x"), id="C-04-slow-head"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x"), id="C-05-slow-body"),
        pytest.param(dripping(CHUNKED, b"1\r\nx\r\n"), id="C-05-slow-chunks"),
        pytest.param(hanging, id="C-06-hang"),
    ],
)
async def test_the_deadline_holds_for_all_of_the_exchange(serving, pooling, script):
    upstream, loop = await serving(script), asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(Timeout, match=r"^context deadline exceeded$"):
        await ask(pooling(), upstream, within=0.1)
    assert 0.09 < loop.time() - started < 20


async def test_an_exchange_without_a_deadline_may_take_its_time(serving, pooling):
    upstream = await serving(in_pieces(ok(b"hello")[:5], ok(b"hello")[5:]))
    head = b"GET / HTTP/1.1\r\n\r\n"
    exchange = pooling().exchange(upstream.origin, head, None, method="GET", deadline=None, stream=False)
    assert (await exchange).body == b"hello"


async def test_each_exchange_on_a_connection_has_its_own_deadline(serving, pooling):
    upstream, pool = await serving(answering(ok(), ok())), pooling()
    await ask(pool, upstream, within=60)
    await ask(pool, upstream, within=30)
    with pytest.raises(Timeout):
        await ask(pool, upstream, within=0.1)
    assert upstream.connections == 1


async def test_response_header_timeout_ends_the_wait_for_the_head(serving, pooling):
    with pytest.raises(Timeout, match=r'^Get "http://.*/.*": net/http: timeout awaiting response headers$'):
        await ask(pooling(response_header_timeout_s=0.05), await serving(hanging))


async def test_response_header_timeout_does_not_hold_for_the_body(serving, pooling):
    async def script(peer):
        await peer.answer(ok(b"hello")[:-5])
        await asyncio.sleep(0.1)
        await peer.send(b"hello")
        await peer.gone()

    assert (await ask(pooling(response_header_timeout_s=0.05), await serving(script))).body == b"hello"
