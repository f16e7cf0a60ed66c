"""What only a whole gateway shows: a client's own faults, answers that break off, and the end of the process."""
from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.client.upstream import Peer, ok

from .gateways import Gateway, written
from .heavy_upstream import heavy
from .threaded import Threaded

MODES = ("single", "merged", "no-op")
HALF = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
#: an answer that breaks off, and the same one whole
ENDINGS = {
    "length": (HALF + b"Content-Length: 10\r\n\r\n01234", b"01234", b"0123456789"),
    "chunks": (HALF + b"Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n", b"01234", b"0\r\n\r\n"),
}


async def playing(peer: Peer) -> None:
    """Answers whole requests, breaks off where it is asked to, and hangs where it is asked to."""
    while True:
        request = await peer.request()
        path = request.split(b" ", 2)[1].decode().strip("/")
        if path in ENDINGS:
            await peer.send(ENDINGS[path][0])
            await asyncio.sleep(0.05)
            return
        if path == "hang":
            await peer.gone()
            return
        await peer.send(ok(b'{"fine":true}', "Content-Type: application/json"))


def endpoints(port: int) -> Iterator[dict[str, Any]]:
    host = [f"http://127.0.0.1:{port}"]
    for mode in MODES:
        encoding = "no-op" if mode == "no-op" else "json"
        others = [{"url_pattern": "/other", "host": host}] if mode == "merged" else []
        for path in ("fine", "hang", *ENDINGS):
            yield {
                "endpoint": f"/{mode}/{path}", "method": "POST" if path == "fine" else "GET", "timeout": "60s",
                "output_encoding": encoding, "backend": [{"url_pattern": f"/{path}", "host": host}, *others],
            }  # fmt: skip


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: Any) -> Iterator[tuple[Gateway, Threaded]]:
    """One for all tests but those that end it."""
    with Threaded(playing) as upstream:
        config = {"endpoints": list(endpoints(upstream.port))}
        with Gateway(written(tmp_path_factory.mktemp("real"), config), workers=1) as running:
            yield running, upstream


def exchange(port: int, *pieces: bytes) -> bytes:
    """What comes back until the end, for a request in these pieces."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        answer = b""
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                client.sendall(piece)
                time.sleep(0.05)
            while piece := client.recv(65536):
                answer += piece
    return answer


def head(method: str, path: str, *fields: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: gateway.test", *fields, "", ""]).encode()


BAD_BODIES = {
    "no size": b"x\r\nhello\r\n0\r\n\r\n",
    "too long": b"3\r\nhello\r\n0\r\n\r\n",
    "negative": b"-5\r\nhello\r\n0\r\n\r\n",
    "no end of line": b"5\r\nhelloXX0\r\n\r\n",
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", BAD_BODIES)
def test_a_clients_badly_chunked_body_is_never_the_backends_failure(gateway, kind, mode):
    running, _ = gateway
    path = f"/{mode}/fine"
    begin = head("POST", path, "Transfer-Encoding: chunked", "Content-Type: text/plain")
    answers = [exchange(running.port, begin + b"2\r\nab\r\n", BAD_BODIES[kind]) for _ in range(2)]
    assert [answer[9:12] for answer in answers] in ([b"400"] * 2, [b""] * 2)
    failures = running.events("request failed", endpoint=f"POST {path}") + running.events("the answer is incomplete")
    assert [event for event in failures if event.get("cause") != "RejectedError"] == []
    fine = exchange(running.port, head("POST", path, "Content-Length: 2", "Connection: close") + b"{}")
    assert fine.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_client_of_no_op_sees_that_an_answer_breaks_off(gateway, ending):
    running, _ = gateway
    answer = exchange(running.port, head("GET", f"/no-op/{ending}"))
    _, came, whole = ENDINGS[ending]
    assert answer.startswith(b"HTTP/1.1 200")
    assert came in answer
    assert not answer.endswith(whole)
    # the connection ended although nobody had announced it
    assert b"onnection: close" not in answer.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_decoded_answer_that_breaks_off_is_an_error(gateway, ending):
    running, _ = gateway
    answer = exchange(running.port, head("GET", f"/single/{ending}", "Connection: close"))
    assert answer.startswith(b"HTTP/1.1 500")
    assert b"x-krakend-completed: true" not in answer.lower()


@pytest.mark.parametrize("mode", MODES)
def test_c24_who_leaves_frees_the_backend_at_once(gateway, mode):
    running, upstream = gateway
    script = upstream.upstream
    asked, left = len(script.requests), script.gone
    with socket.create_connection(("127.0.0.1", running.port)) as client:
        client.sendall(head("GET", f"/{mode}/hang"))
        running.wait_for(lambda: len(script.requests) > asked, 10)
    started = time.monotonic()
    running.wait_for(lambda: script.gone > left, 20)
    assert time.monotonic() - started < 20  # the endpoint's own deadline is 60 seconds


@pytest.mark.parametrize("patience", ["1s"])
def test_half_a_request_and_a_slow_reader_keep_no_gateway_from_ending(tmp_path, patience):
    with ExitStack() as stack:
        large, fine = stack.enter_context(Threaded(heavy)), stack.enter_context(Threaded(playing))
        config = {
            "max_shutdown_wait_time": patience,
            "endpoints": [
                *endpoints(fine.port),
                {"endpoint": "/long", "output_encoding": "no-op", "timeout": "60s",
                 "backend": [{"url_pattern": "/long", "host": [f"http://127.0.0.1:{large.port}"]}]},
            ],
        }  # fmt: skip
        gateway = stack.enter_context(Gateway(written(tmp_path, config), workers=1))
        for request in (
            head("POST", "/single/fine", "Content-Length: 100") + b"half",
            head("POST", "/no-op/fine", "Transfer-Encoding: chunked") + b"5\r\nhel",
            b"GET /single/hang HTTP/1.1\r\nHos",
            head("GET", "/long"),
        ):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port)))
            client.sendall(request)
        assert client.recv(12) == b"HTTP/1.1 200"
        gateway.process.send_signal(signal.SIGTERM)
        try:
            assert gateway.process.wait(20) == 0
        except subprocess.TimeoutExpired:
            pytest.fail(f"still there after 20 seconds\n{gateway.text()}")
