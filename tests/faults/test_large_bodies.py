"""A large body goes from an upstream to a client past the process between them, and arrives whole or visibly not."""
from __future__ import annotations

import contextlib
import random
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.client.upstream import Peer

from .gateways import Gateway, written
from .threaded import Threaded

KIB = 1024
MIB = 1024 * KIB
SIZES = (10, 16 * KIB, 64 * KIB - 1, 64 * KIB, 256_000, 300_000, MIB, 5 * MIB + 3, 100, 2 * MIB)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"


def body(size: int) -> bytes:
    """Bytes of which no two stretches are alike."""
    return random.Random(size).randbytes(size)


async def playing(peer: Peer) -> None:
    """Answers with a body of the size that is asked for, in the way that is asked for."""
    while True:
        request = await peer.request()
        _, how, size = request.split(b" ", 2)[1].decode().split("/")
        whole = HEAD % int(size) + body(int(size))
        if how == "whole":
            await peer.send(whole)
        elif how == "pieces":
            at, chance = 0, random.Random(size)
            while at < len(whole):
                length = chance.choice((1, 100, 5_000, 20_000, 100_000, 400_000))
                await peer.send(whole[at : at + length])
                at += length
        elif how == "extra":
            await peer.send(whole + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")
        elif how == "cut":
            await peer.send(whole[: len(whole) // 2])
            return
        else:
            await peer.send(whole[: len(whole) // 2])
            await peer.gone()
            return


def endpoints(port: int) -> list[dict[str, Any]]:
    return [
        {"endpoint": f"/{how}/{{size}}", "timeout": "1s" if how == "late" else "60s", "output_encoding": "no-op",
         "backend": [{"url_pattern": f"/{how}/{{size}}", "host": [f"http://127.0.0.1:{port}"], "encoding": "no-op"}]}
        for how in ("whole", "pieces", "extra", "cut", "late", "hang")
    ]  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: Any) -> Iterator[tuple[Gateway, Threaded]]:
    """One for all tests."""
    folder: Path = tmp_path_factory.mktemp("large")
    with (
        Threaded(playing) as upstream,
        Gateway(written(folder, {"endpoints": endpoints(upstream.port)}), workers=1) as gateway,
    ):
        yield gateway, upstream


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Gateway, ssl.SSLContext]]:
    """One that speaks TLS, and what its clients trust."""
    authority, context = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(context)
    certificate = authority.issue_cert("127.0.0.1")
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    certificate.private_key_pem.write_to_path(key)
    certificate.cert_chain_pems[0].write_to_path(chain)
    with Threaded(playing) as upstream:
        tls = {"keys": [{"private_key": str(key), "public_key": str(chain)}]}
        config = {"endpoints": endpoints(upstream.port), "tls": tls}
        with Gateway(written(tmp_path, config), workers=1) as gateway:
            yield gateway, context


class Client:
    """One connection to the gateway."""

    def __init__(self, gateway: Gateway, receive_bytes: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self._socket = socket.socket()
        self._socket.settimeout(60)
        if receive_bytes:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self._socket.connect(("127.0.0.1", gateway.port))
        if tls is not None:
            self._socket = tls.wrap_socket(self._socket, server_hostname="127.0.0.1")
        self._rest = b""

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, *paths: str, version: str = "1.1") -> None:
        """Send requests, all at once."""
        requests = (f"GET {path} HTTP/{version}\r\nHost: gateway.test\r\n\r\n" for path in paths)
        self._socket.sendall("".join(requests).encode())

    def read(self, most: int = MIB) -> bytes:
        """The body of the next answer; shorter than announced where the connection ends."""
        got = self._rest
        while b"\r\n\r\n" not in got:
            got += self._socket.recv(most)
        head, _, got = got.partition(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.1 200 ", b"HTTP/1.0 200 ")), head
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        pieces, size = [got], len(got)
        with contextlib.suppress(ConnectionError):
            while size < length and (piece := self._socket.recv(most)):
                pieces.append(piece)
                size += len(piece)
        whole = b"".join(pieces)
        self._rest = whole[length:]
        return whole[:length]


@pytest.mark.parametrize("how", ["whole", "pieces", "extra"])
def test_bodies_of_every_size_arrive_as_they_were(running, how):
    with Client(running[0]) as client:
        for size in SIZES:
            client.ask(f"/{how}/{size}")
            assert client.read() == body(size), size


@pytest.mark.parametrize("receive_bytes", [0, 4 * KIB], ids=["fast", "slow"])
def test_they_arrive_over_tls_too(secure, receive_bytes):
    gateway, context = secure
    with Client(gateway, receive_bytes, context) as client:
        for size in SIZES:
            client.ask(f"/whole/{size}")
            assert client.read() == body(size), size


def test_bodies_follow_one_another_in_order(running):
    with Client(running[0]) as client:
        client.ask(*(f"/whole/{size}" for size in SIZES))
        for size in SIZES:
            assert client.read() == body(size), size


def test_an_older_client_gets_it_too(running):
    with Client(running[0]) as client:
        client.ask(f"/whole/{MIB}", version="1.0")
        assert client.read() == body(MIB)


@pytest.mark.parametrize("how", ["whole", "pieces"])
def test_a_client_that_reads_slowly_gets_all_of_it(running, how):
    with Client(running[0], receive_bytes=4 * KIB) as client:
        client.ask(f"/{how}/{6 * MIB}")
        assert client.read(5_000) == body(6 * MIB)


def test_many_clients_do_not_mix(running):
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Client(running[0], receive_bytes=64 * KIB)) for _ in range(12)]
        for number, client in enumerate(clients):
            client.ask(f"/whole/{MIB + number}")
        for number, client in reversed(list(enumerate(clients))):
            assert client.read() == body(MIB + number)


@pytest.mark.parametrize("how", ["cut", "late"])
def test_a_body_that_breaks_off_is_seen_to_be_shorter_than_it_should_be(running, how):
    gateway, _ = running
    with Client(gateway) as client:
        client.ask(f"/{how}/{MIB}")
        got = client.read()
        assert len(got) < MIB
        assert body(MIB).startswith(got)
    gateway.wait_for(lambda: gateway.events(endpoint=f"GET /{how}/{{size}}"), 30)


def test_an_upstream_is_left_as_soon_as_its_client_has_left(running):
    gateway, threaded = running
    before = threaded.upstream.gone
    with Client(gateway) as client:
        client.ask(f"/hang/{2 * MIB}")
        client._socket.recv(KIB)
    gateway.wait_for(lambda: threaded.upstream.gone > before, 30)


def test_an_upstream_is_left_as_soon_as_a_client_that_does_not_read_has_left(running):
    gateway, threaded = running
    before = threaded.upstream.gone
    with Client(gateway, receive_bytes=4 * KIB) as client:
        client.ask(f"/whole/{32 * MIB}")
        client._socket.recv(KIB)
    gateway.wait_for(lambda: threaded.upstream.gone > before, 30)
