"""Requests become bytes for the right upstream, and what comes back becomes a Response."""
import asyncio

import pytest
from krakpy_sdk import Headers, Refused, Request, Timeout, UpstreamError
from krakpy_sdk.testing import backend_settings

from krakpy.client.transport import HttpTransport
from tests.client.upstream import answering, hanging, ok

AGENT = Headers((("User-Agent", "me"),))


def transport(pool, **settings):
    return HttpTransport(backend_settings(**settings), pool)


def request(upstream, target="/", method="GET", within=30.0, **fields):
    fields.setdefault("headers", AGENT)
    deadline = asyncio.get_running_loop().time() + within
    return Request(method, url=f"http://127.0.0.1:{upstream.port}{target}", deadline=deadline, **fields)


async def pieces(*parts):
    for part in parts:
        yield part


async def test_a_request_is_sent_as_it_says(serving, pooling):
    upstream = await serving(answering(ok()))
    send = transport(pooling(disable_compression=True))
    await send(request(upstream, "/a b?c=d", "DELETE", headers=Headers((("x-a", "1"), ("User-Agent", "me")))))
    expected = f"DELETE /a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:{upstream.port}\r\nX-A: 1\r\nUser-Agent: me\r\n\r\n"
    assert upstream.requests == [expected.encode()]


@pytest.mark.parametrize(
    ("target", "line"), [("", "GET / "), ("?a=/b", "GET /?a=/b "), ("//a", "GET //a "), ("#a", "GET / ")]
)
async def test_a_target_may_be_without_a_path(serving, pooling, target, line):
    upstream = await serving(answering(ok(), ok()))
    send = transport(pooling())
    for _ in range(2):
        await send(request(upstream, target))
    assert [received.startswith(line.encode()) for received in upstream.requests] == [True, True]


@pytest.mark.parametrize("authority", ["other.test", "other.test:81", "[::1]:80"])
async def test_a_request_may_name_another_host_than_the_one_that_it_is_sent_to(serving, pooling, authority):
    upstream = await serving(answering(ok()))
    await transport(pooling())(request(upstream, "/a?b=c", authority=authority))
    assert upstream.requests[0].startswith(f"GET /a?b=c HTTP/1.1\r\nHost: {authority}\r\n".encode())


@pytest.mark.parametrize("authority", ["a b", "a\r\nX-A: 1", "a/b", "user@a", "a:b", "\u00e9.test"])
async def test_what_is_no_host_is_not_named(pooling, authority):
    with pytest.raises(UpstreamError, match="no value of `Host`"):
        await transport(pooling())(Request(url="http://127.0.0.1:1/", authority=authority))


async def test_compression_is_asked_for(serving, pooling):
    upstream = await serving(answering(ok()))
    await transport(pooling())(request(upstream))
    assert b"\r\nAccept-Encoding: gzip\r\n" in upstream.requests[0]


async def test_the_environment_chooses_no_proxy(serving, pooling, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    upstream = await serving(answering(ok()))
    assert (await transport(pooling())(request(upstream))).status == 200


async def test_disable_keep_alives_is_told_to_the_backend(serving, pooling):
    upstream = await serving(answering(ok()))
    await transport(pooling(disable_keep_alives=True))(request(upstream))
    assert b"\r\nConnection: close\r\n" in upstream.requests[0]


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({}, b"\r\nContent-Length: 0\r\n\r\n"),
        ({"body": b"hello"}, b"\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        (
            {"body": b"hello", "headers": Headers((("Content-Length", "5"),))},
            b"\r\nContent-Length: 5\r\n\r\nhello",
        ),
    ],
)
async def test_a_body_is_sent_in_its_framing(serving, pooling, fields, sent):
    upstream = await serving(answering(ok()))
    await transport(pooling())(request(upstream, method="POST", **fields))
    assert upstream.requests[0].endswith(sent)


async def test_a_streamed_body_is_sent_in_chunks(serving, pooling):
    upstream = await serving(answering(ok()))
    await transport(pooling())(request(upstream, method="POST", stream=pieces(b"he", b"llo")))
    assert upstream.requests[0].endswith(b"\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")


async def test_an_answer_becomes_a_response(serving, pooling):
    upstream = await serving(answering(ok(b"hello", "x-A: 1", "X-a: 2", status="404 No")))
    response = await transport(pooling())(request(upstream))
    assert (response.status, response.body, response.stream, response.data) == (404, b"hello", None, None)
    assert response.headers.pairs == (("Content-Length", "5"), ("x-A", "1"), ("X-a", "2"))


async def test_no_op_answers_are_streamed(serving, pooling):
    upstream = await serving(answering(ok(b"x" * 1_000_000)))
    response = await transport(pooling(), is_no_op=True)(request(upstream))
    assert response.body is None
    assert sum([len(piece) async for piece in response.stream]) == 1_000_000


async def test_other_answers_are_collected(serving, pooling):
    upstream = await serving(answering(ok(b"x" * 1_000_000)))
    response = await transport(pooling())(request(upstream))
    assert (len(response.body), response.stream) == (1_000_000, None)


async def test_several_requests_are_on_the_wire_before_the_first_is_awaited(serving, pooling):
    everybody = asyncio.Barrier(2)

    async def together(peer):
        await peer.answer(ok())
        await peer.request()
        await everybody.wait()
        await peer.send(ok(b"hello"))
        await peer.gone()

    upstream = await serving(together)
    send = transport(pooling())
    await asyncio.gather(*[asyncio.ensure_future(send(request(upstream))) for _ in range(2)])
    first, second = send(request(upstream)), send(request(upstream))
    assert [(await first).body, (await second).body] == [b"hello", b"hello"]


async def test_the_deadline_of_the_request_holds(serving, pooling):
    with pytest.raises(Timeout, match=r"^context deadline exceeded$"):
        await transport(pooling())(request(await serving(hanging), within=0.1))


async def test_a_request_without_a_deadline_is_sent(serving, pooling):
    upstream = await serving(answering(ok()))
    asked = Request(url=f"http://127.0.0.1:{upstream.port}/")
    assert (await transport(pooling())(asked)).status == 200


async def test_c01_nobody_there_is_refused(serving, pooling):
    upstream = await serving(hanging)
    await upstream.close()
    with pytest.raises(Refused, match="connection refused"):
        await transport(pooling())(request(upstream))


@pytest.mark.parametrize(
    "url",
    ["", "/a", "a.test/a", "ftp://a.test/", "file:///etc/passwd", "http://user@a.test/", "http://a.test:99999/", "http:///a",
     "http://a test/", "http://a.test\r\n/"],
)  # fmt: skip
async def test_c20_what_is_no_url_of_a_backend_is_refused(pooling, url):
    with pytest.raises(UpstreamError):
        await transport(pooling())(Request(url=url))


async def test_a_port_is_never_cut_off(serving, pooling):
    """The memory of destinations is asked for everything before the path, and there may be none."""
    upstream = await serving(answering(ok(), ok()))
    send = transport(pooling())
    await send(request(upstream))
    with pytest.raises(UpstreamError):
        await send(Request(url=f"http://127.0.0.1:{upstream.port}0"))


async def test_the_memory_of_destinations_is_bounded(pooling):
    send = transport(pooling())
    for number in range(600):
        send._find(f"http://h{number}.test/")
    assert len(send._destinations) <= 256
