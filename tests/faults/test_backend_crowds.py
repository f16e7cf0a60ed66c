"""C-23, C-24 and C-26: a dead backend costs nobody else, who leaves frees it, identities share no connection."""
from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import trustme
import uvloop

from tests.client.upstream import Peer, Script, Upstream, answering, ok

from .back_wire import Log, Names, serving
from .campaign import MODES, Certificates

FINE = answering(*[ok(b'{"fine":true}')] * 1000)
Opening = Callable[..., Awaitable[Upstream]]


def pytest_asyncio_loop_factories(config: Any, item: Any) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def opening() -> AsyncIterator[Opening]:
    """Opens upstreams."""
    async with AsyncExitStack() as stack:

        async def opened(*scripts: Script, tls: Any = None) -> Upstream:
            upstream = Upstream(*scripts)
            await upstream.open(tls)
            stack.push_async_callback(upstream.close)
            return upstream

        yield opened


async def until(condition: Callable[[], bool], within_s: float = 20.0) -> None:
    """Waits for something to be so."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.005)


def backend(upstream: Upstream, **keys: Any) -> dict[str, Any]:
    """A backend of a configuration."""
    return {"url_pattern": "/", "host": [f"http://127.0.0.1:{upstream.port}"], **keys}


def endpoint(path: str, mode: str, *backends: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """An endpoint of a configuration."""
    encoding = "no-op" if mode == "no-op" else "json"
    return {"endpoint": path, "output_encoding": encoding, "timeout": "20s", "backend": list(backends), **keys}


async def taking(peer: Peer) -> None:
    """Reads requests and never answers."""
    await peer.request()
    await peer.gone()


@pytest.mark.parametrize("mode", MODES)
async def test_c23_a_thousand_who_wait_for_a_dead_backend_delay_nobody_else(opening, tmp_path, mode):
    dead, fine = await opening(taking), await opening(FINE)
    others = [backend(fine)] if mode == "merged" else []
    config = {
        "extra_config": {"krakpy/backends": {"max_connections": 20}},
        "endpoints": [
            endpoint("/dead", mode, backend(dead), *others, timeout="1s"),
            endpoint("/fine", "single", backend(fine)),
        ],
    }
    async with serving(config, tmp_path) as client:
        await client.ask("/fine")
        waiting = [asyncio.ensure_future(client.ask("/dead")) for _ in range(1000)]
        bystanders = [await client.ask("/fine") for _ in range(50)]
        assert len(dead._tasks) <= 20
        outcomes = await asyncio.gather(*waiting)
        assert {outcome.status for outcome in bystanders} == {200}
        # of a merge the other part is there, unless a thousand others were in its way
        assert {outcome.status for outcome in outcomes} <= ({200, 500} if mode == "merged" else {500})
        assert not any(outcome.is_complete for outcome in outcomes)
        assert max(outcome.seconds for outcome in outcomes) < 20
        assert (await client.ask("/fine")).status == 200


async def test_c23_who_finds_the_line_full_is_refused_at_once(opening, tmp_path):
    dead = await opening(taking)
    limits = {"krakpy/backends": {"max_connections": 2, "max_waiting": 3}}
    config = {"extra_config": limits, "endpoints": [endpoint("/dead", "single", backend(dead), timeout="2s")]}
    with Log() as log:
        async with serving(config, tmp_path) as client:
            outcomes = await asyncio.gather(*[client.ask("/dead") for _ in range(9)])
    assert [outcome.status for outcome in outcomes] == [500] * 9
    assert sum("too many requests wait" in event["error"] for event in log.of("/dead")) == 4


def half_answered(mode: str) -> Script:
    """Takes a request, begins to answer it in `no-op` mode, and goes no further."""

    async def script(peer: Peer) -> None:
        await peer.request()
        if mode == "streamed":
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nhalf")
        await peer.gone()

    return script


@pytest.mark.parametrize("mode", [*MODES, "streamed"])
async def test_c24_the_backend_is_free_as_soon_as_the_client_has_left(opening, tmp_path, mode):
    upstream, fine = await opening(half_answered(mode), FINE), await opening(FINE)
    others = [backend(fine)] if mode == "merged" else []
    mode = "no-op" if mode == "streamed" else mode
    config = {"endpoints": [endpoint("/", mode, backend(upstream), *others, timeout="90s")]}
    async with serving(config, tmp_path) as client:
        before = len(asyncio.all_tasks())
        gone = asyncio.Event()
        asking = asyncio.ensure_future(client.ask("/", gone=gone))
        await until(lambda: bool(upstream.requests))
        gone.set()
        await until(upstream.someone_left.is_set)
        outcome = await asking
        assert outcome.is_cut or not outcome.status
        # the script's own task, and the keep-alive connections of bystanders
        await until(lambda: len(asyncio.all_tasks()) <= before + 2)
        assert (await client.ask("/")).status == 200
        assert upstream.connections == 2


async def telling_who(peer: Peer) -> None:
    """Answers with the name on the certificate that it was shown."""
    while True:
        head = (await peer.request()).decode()
        shown = str(peer._writer.get_extra_info("peercert"))
        who = re.search(r"'DNS', '(\w+)\.test'", shown)
        host = re.search(r"\r\nHost: ([\w.]+)", head)
        assert who is not None
        assert host is not None
        await peer.send(ok(f'{{"{who[1]}":"{host[1]}"}}'.encode(), "Content-Type: application/json"))


def identity(folder: Any, own: trustme.CA, name: str) -> dict[str, Any]:
    """`backend/http/client` with a certificate of its own."""
    certificate = own.issue_cert(f"{name}.test")
    certificate.cert_chain_pems[0].write_to_path(folder / f"{name}.pem")
    certificate.private_key_pem.write_to_path(folder / f"{name}.key")
    pair = {"certificate": str(folder / f"{name}.pem"), "private_key": str(folder / f"{name}.key")}
    trust = {"ca_certs": [str(folder / "ca.pem")], "disable_system_ca_pool": True}
    return {"backend/http/client": {"client_tls": {**trust, "client_certs": [pair]}}}


@pytest.mark.parametrize("mode", MODES)
async def test_c26_who_shows_another_certificate_uses_another_connection(opening, tmp_path, mode):
    certificates, own = Certificates(), trustme.CA()
    certificates.authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = certificates.context("good")
    assert tls is not None
    own.configure_trust(tls)
    tls.verify_mode = tls.verify_mode.__class__.CERT_REQUIRED
    upstream = await opening(telling_who, tls=tls)
    here = {"url_pattern": "/", "host": [f"https://localhost:{upstream.port}"]}
    ada, bob = [{**here, "extra_config": identity(tmp_path, own, name)} for name in ("ada", "bob")]
    if mode == "merged":
        endpoints, expected = [endpoint("/both", mode, ada, bob)], {"/both": {"ada": "localhost", "bob": "localhost"}}
    else:
        endpoints = [endpoint("/ada", mode, ada), endpoint("/bob", mode, bob)]
        expected = {"/ada": {"ada": "localhost"}, "/bob": {"bob": "localhost"}}
    endpoints.append(endpoint("/nobody", mode, here, *([here] if mode == "merged" else [])))
    async with serving({"endpoints": endpoints}, tmp_path) as client:
        for _ in range(3):
            for path, document in expected.items():
                assert (await client.ask(path)).json() == document
            assert (await client.ask("/nobody")).status == 500
    assert len(upstream.requests) == 6


@pytest.mark.parametrize("mode", MODES)
async def test_c26_names_for_the_same_address_share_no_connection(opening, tmp_path, mode):
    certificates = Certificates()
    certificates.authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = certificates.context("good")
    assert tls is not None
    certificates.authority.issue_cert("a.test", "b.test").configure_cert(tls)
    asked: list[str] = []
    tls.sni_callback = lambda _, name, __: asked.append(name)
    upstream = await opening(FINE, tls=tls)
    hosts = [{"url_pattern": "/", "host": [f"https://{name}.test:{upstream.port}"]} for name in "ab"]
    both = [endpoint("/", mode, *hosts)]
    each = [endpoint("/a", mode, hosts[0]), endpoint("/b", mode, hosts[1])]
    config = {
        "client_tls": {"ca_certs": [str(tmp_path / "ca.pem")], "disable_system_ca_pool": True},
        "endpoints": both if mode == "merged" else each,
    }
    async with serving(config, tmp_path, names=Names({})) as client:
        for _ in range(2):
            for path in ["/"] * 2 if mode == "merged" else ["/a", "/b"]:
                assert (await client.ask(path)).json() == {"fine": True}
    assert sorted(asked) == ["a.test", "b.test"]
    assert upstream.connections == 2
