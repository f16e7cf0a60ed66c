"""There is no way round the routes: what the gateway does not publish is never asked of a backend."""
from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.client.upstream import Peer, Upstream, ok

from .back_wire import serving
from .gateways import Gateway, written
from .route_tricks import tricks
from .threaded import Threaded

PUBLISHED = re.compile(rb"[A-Z]+ /(?:users/[^/?#]+|files/[^/?#]+/[^/?#]+|)(?:\?(?:id|q)=[^/#]*)? HTTP/1\.1\r\n")


async def honest(peer: Peer) -> None:
    """Answers everything that it is asked."""
    while True:
        await peer.request()
        await peer.send(ok(b'{"secret":true}', "Content-Type: application/json"))


def endpoints(port: int, **keys: Any) -> list[dict[str, Any]]:
    host = [f"http://127.0.0.1:{port}"]
    routes = {"/api/{id}": "/users/{id}", "/files/{a}/{b}": "/files/{a}/{b}", "/": "/"}
    return [
        {
            "endpoint": path, "input_query_strings": ["id", "q"],
            "backend": [{"url_pattern": pattern, "host": host}], **keys,
        }
        for path, pattern in routes.items()
    ]


async def sent(port: int, raw: bytes) -> bytes:
    """What comes back until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(raw)
        async with asyncio.timeout(30):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def sent_all(port: int, requests: list[bytes]) -> list[bytes]:
    turn = asyncio.Semaphore(8)

    async def send(raw: bytes) -> bytes:
        async with turn:
            return await sent(port, raw)

    return await asyncio.gather(*map(send, requests))


def test_none_of_more_than_813_tricks_reaches_what_is_not_published(tmp_path):
    requests = list(tricks())
    assert len(set(requests)) >= 813
    with Threaded(honest) as upstream:
        config = {"endpoints": endpoints(upstream.port, input_headers=["*"])}
        with Gateway(written(tmp_path, config), workers=1) as gateway:
            answers = asyncio.run(sent_all(gateway.port, requests))
            after = asyncio.run(sent(gateway.port, b"GET /api/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        asked = upstream.upstream.requests
    assert after.startswith(b"HTTP/1.1 200")
    assert [head for head in asked if not PUBLISHED.match(head)] == []
    assert [head for head in asked if b"internal/secret" in unquote(head.split(b" ")[1].decode()).encode()
            and head.split(b" ")[1].count(b"/") > 3] == []  # fmt: skip
    # what was answered with a document came from a published path
    assert sum(answer.startswith(b"HTTP/1.1 200") for answer in answers) <= len(asked)


ODD = [
    "a/b", "a?b=c", "a#b", "a&b=c", "a;b", "a%b", "a%2fb", "a\\b", "..a", "a..", "a b", "ä", "%", "+", "=", "@", ":",
    "'\"<>", "~",
]  # fmt: skip
REFUSED = ["..", ".", "\r\nX: y", "a\0b", "\x7f"]


@pytest.mark.parametrize("keys", [{}, {"disable_path_decoding": True}], ids=["checked", "unchecked"])
async def test_a_parameter_never_becomes_more_than_one_segment(tmp_path, keys):
    upstream = Upstream(honest)
    await upstream.open()
    config = {"extra_config": {"router": keys}, "endpoints": endpoints(upstream.port)}
    async with serving(config, tmp_path) as client:
        for value in [*ODD, *REFUSED]:
            upstream.requests.clear()
            outcome = await client.ask("/api/" + quote(value, safe=""))
            if outcome.status == 200:
                (head,) = upstream.requests
                segment = re.fullmatch(r"GET /users/([^/?#]+) HTTP/1\.1", head.decode().partition("\r\n")[0])
                assert segment is not None, head
                assert unquote(segment[1]) in (value, unquote(value) if keys else value)
                assert value not in REFUSED
            else:
                assert outcome.status in (301, 307, 400, 404)
                assert upstream.requests == []
    await upstream.close()


@pytest.mark.parametrize("target", ["/api/%zz", "/api/a%", "/api/%2", "/api/100%25", "/files/%zz/b", "/%zz", "/a%"])
@pytest.mark.parametrize("keys", [{}, {"disable_path_decoding": True}], ids=["checked", "unchecked"])
async def test_a_stray_percent_is_never_the_gateways_fault(tmp_path, keys, target):
    upstream = Upstream(honest)
    await upstream.open()
    config = {"extra_config": {"router": keys}, "endpoints": endpoints(upstream.port)}
    async with serving(config, tmp_path) as client:
        outcome = await client.ask(target)
    assert outcome.status == (404 if target in ("/%zz", "/a%") else 400)
    assert upstream.requests == []
    await upstream.close()


SPOOFS = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP")


async def test_what_a_client_says_of_its_address_moves_nothing(tmp_path):
    upstream = Upstream(honest)
    await upstream.open()
    config = {"endpoints": endpoints(upstream.port, input_headers=["*"])}
    async with serving(config, tmp_path) as client:
        for name in SPOOFS:
            await client.ask("/api/1", headers={name: "9.9.9.9"})
    for head in upstream.requests:
        assert re.findall(rb"\r\nX-Forwarded-For: ([^\r]*)", head) == [b"127.0.0.1"]
    await upstream.close()
