"""The figures' own port answers two paths, and nobody who dawdles."""
import asyncio
import json
import logging
import socket

import pytest
from krakpy_metrics import MetricsConfig
from krakpy_metrics.book import Book
from krakpy_metrics.listener import Listener
from krakpy_sdk import ConfigError


@pytest.fixture
def free_port():
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return own.getsockname()[1]


async def get(port, line=b"GET /__stats/ HTTP/1.1"):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(line + b"\r\nHost: a\r\n\r\n")
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /__stats/ HTTP/1.1", 200),
        (b"GET /__stats?x=1 HTTP/1.0", 200),
        (b"GET /metrics HTTP/1.1", 200),
        (b"GET / HTTP/1.1", 404),
        (b"POST /__stats HTTP/1.1", 405),
        (b"nonsense", 400),
    ],
)
async def test_a_request_is_answered(tmp_path, free_port, line, status):
    listener = Listener(("127.0.0.1", free_port), str(tmp_path), logging.getLogger("tested"))
    await listener.open()
    try:
        assert (await get(free_port, line))[0] == status
    finally:
        await listener.close()


async def test_whoever_answers_tells_the_figures_of_all(tmp_path, free_port):
    Book(str(tmp_path)).series(("connected",)).add(0)
    listeners = [Listener(("127.0.0.1", free_port), str(tmp_path), logging.getLogger("tested")) for _ in range(2)]
    for listener in listeners:
        await listener.open()
    for _ in range(4):
        _, body = await get(free_port)
        assert json.loads(body)["krakend.router.connected-total"] == 1
    for listener in listeners:
        await listener.close()


async def test_a_port_that_is_taken_is_told_and_hurts_nobody(tmp_path, caplog):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        listener = Listener(("127.0.0.1", other.getsockname()[1]), str(tmp_path), logging.getLogger("tested"))
        await listener.open()
        await listener.close()
    assert "change `listen_address`" in caplog.text


@pytest.mark.parametrize(
    ("text", "address"),
    [(":8090", (None, 8090)), ("127.0.0.1:1", ("127.0.0.1", 1)), ("[::1]:9", ("::1", 9)), ("a:9", ("a", 9))],
)
def test_addresses(text, address):
    assert MetricsConfig(listen_address=text).address == address


@pytest.mark.parametrize("text", ["8090", "", ":", ":99999", "http://a:1/"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ConfigError) as raised:
        MetricsConfig(listen_address=text)
    assert raised.value.path == "listen_address"
