"""Connections are made within their time, to the first address that answers, and only to whom they were meant."""
import asyncio
import contextlib
import socket
import ssl
from datetime import datetime
from typing import Any

import pytest
import trustme
from krakpy_sdk import Refused, Timeout

from krakpy.client.dialing import Dialer
from krakpy.client.pool import Pool
from krakpy.client.resolving import Address, Resolver
from krakpy.config.model import ClientCertificate, ClientTls
from krakpy.config.settings import TransportSettings
from tests.client.conftest import ask
from tests.client.upstream import Upstream, answering, ending, hanging, ok


@pytest.fixture
async def dialling():
    """Makes pools whose hosts have these addresses."""
    pools = []

    def make(*addresses, lookup=None, **options):
        async def known(host, port):
            return [Address(socket.AF_INET, address) for address in addresses]

        settings = TransportSettings(**options)
        pools.append(Pool(settings, dialer=Dialer(settings, resolver=Resolver(lookup=lookup or known))))
        return pools[-1]

    yield make
    for pool in pools:
        await pool.close()


@pytest.fixture
def deaf():
    """An address that takes no connection and refuses none."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()


async def a_closed_port():
    upstream = Upstream(hanging)
    await upstream.open()
    await upstream.close()
    return ("127.0.0.1", upstream.port)


async def test_c01_a_refused_connection_fails_at_once(serving, dialling):
    upstream, loop = await serving(hanging), asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(Refused, match="connection refused"):
        await ask(dialling(await a_closed_port()), upstream)
    assert loop.time() - started < 0.2


async def test_the_next_address_is_tried_after_a_failure(serving, dialling):
    upstream = await serving(answering(ok()))
    pool = dialling(await a_closed_port(), ("127.0.0.1", upstream.port))
    assert (await ask(pool, upstream)).status == 200


async def test_the_first_failure_is_told_when_all_addresses_fail(serving, dialling):
    with pytest.raises(Refused, match="connection refused"):
        await ask(dialling(await a_closed_port(), await a_closed_port()), await serving(hanging))


async def test_the_next_address_is_tried_after_a_moment(serving, dialling, deaf):
    upstream = await serving(answering(ok()))
    pool = dialling(deaf, ("127.0.0.1", upstream.port), dialer_fallback_delay_s=0.02)
    assert (await ask(pool, upstream, within=0.5)).status == 200


async def test_the_loser_of_a_race_is_closed(serving, dialling):
    upstream = await serving(answering(ok()))
    address = ("127.0.0.1", upstream.port)
    await ask(dialling(address, address, address, dialer_fallback_delay_s=1e-9), upstream)
    async with asyncio.timeout(1):
        while upstream.gone < upstream.connections - 1:
            await asyncio.sleep(0.001)


async def test_a_negative_fallback_delay_waits_for_the_failure(serving, dialling, deaf):
    upstream = await serving(answering(ok()))
    pool = dialling(deaf, ("127.0.0.1", upstream.port), dialer_fallback_delay_s=-1)
    with pytest.raises(Timeout):
        await ask(pool, upstream, within=0.1)
    assert upstream.connections == 0


async def test_a_host_without_addresses_is_refused(serving, dialling):
    with pytest.raises(Refused, match="no address"):
        await ask(dialling(), await serving(hanging))


async def test_dialer_timeout_ends_the_attempt(serving, dialling, deaf):
    with pytest.raises(Refused, match="dialer_timeout"):
        await ask(dialling(deaf, dialer_timeout_s=0.05), await serving(hanging))


async def test_the_deadline_holds_for_the_connection(serving, dialling, deaf):
    with pytest.raises(Timeout, match=r"^context deadline exceeded$"):
        await ask(dialling(deaf), await serving(hanging), within=0.1)


async def test_c21_slow_dns_ends_at_the_deadline(serving, dialling):
    async def slow(host, port):
        await asyncio.sleep(5)

    with pytest.raises(Timeout, match=r"^context deadline exceeded$"):
        await ask(dialling(lookup=slow), await serving(hanging), within=0.1)


async def test_c21_a_name_that_does_not_exist_is_refused(serving, dialling):
    async def unknown(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(Refused, match="no address"):
        await ask(dialling(lookup=unknown), await serving(hanging))


@pytest.mark.parametrize(("keep_alive_s", "seconds"), [(0.0, 15), (40.0, 40), (-1.0, None)])
async def test_dialer_keep_alive_sets_the_probes(serving, pooling, keep_alive_s, seconds):
    upstream, pool = await serving(answering(ok(), ok())), pooling(dialer_keep_alive_s=keep_alive_s)
    await ask(pool, upstream)
    exchange = ask(pool, upstream)
    raw = exchange.holder._transport.get_extra_info("socket")
    is_on = bool(raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
    interval = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
    await exchange
    assert (interval if is_on else None) == seconds


async def test_requests_are_not_held_back(serving, pooling):
    upstream, pool = await serving(answering(ok(), ok())), pooling()
    await ask(pool, upstream)
    exchange = ask(pool, upstream)
    assert exchange.holder._transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    await exchange


AUTHORITY = trustme.CA()


def serving_tls(certificate=None, *, authority=AUTHORITY, names=("localhost",), client=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (certificate or authority.issue_cert(*names)).configure_cert(context)
    if client:
        client.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture
def trusting(tmp_path, pooling):
    """Makes pools that trust the tests' authority."""
    path = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(path)

    def make(**tls: Any) -> Pool:
        own: dict[str, Any] = {"ca_certs": (str(path),), "disable_system_ca_pool": True, "min_version": "TLS12"}
        return pooling(client_tls=ClientTls(**own | tls))

    return make


async def test_c22_a_trusted_backend_is_asked_over_tls(serving, trusting):
    upstream = await serving(answering(ok(b"1"), ok(b"2")), tls=serving_tls())
    pool = trusting()
    assert [(await ask(pool, upstream)).body for _ in range(2)] == [b"1", b"2"]
    assert upstream.connections == 1


async def test_the_dot_at_the_end_of_a_name_is_no_part_of_the_certificate(serving, trusting):
    """SRV records name their targets with it (Go: tls drops it too)."""
    upstream = await serving(answering(ok(b"1")), tls=serving_tls())
    origin = upstream.origin._replace(host="localhost.")
    head = b"GET / HTTP/1.1\r\nHost: localhost.\r\n\r\n"
    deadline = asyncio.get_running_loop().time() + 5
    answer = await trusting().exchange(origin, head, None, method="GET", deadline=deadline, stream=False)
    assert answer.body == b"1"


async def test_c22_a_large_body_comes_whole_over_tls(serving, trusting):
    upstream = await serving(answering(ok(b"x" * 1_000_000)), tls=serving_tls())
    assert len((await ask(trusting(), upstream)).body) == 1_000_000


@pytest.mark.parametrize(
    ("tls", "reason"),
    [
        pytest.param(lambda: serving_tls(authority=trustme.CA()), "certificate is refused", id="C-22-authority"),
        pytest.param(lambda: serving_tls(names=("other.test",)), "certificate is .*[Hh]ostname", id="C-22-wrong-host"),
        pytest.param(
            lambda: serving_tls(AUTHORITY.issue_cert("localhost", not_after=datetime(2020, 1, 1))),
            "certificate is refused.*expired",
            id="C-22-expired",
        ),
    ],
)
async def test_backends_that_cannot_prove_who_they_are_are_refused(serving, trusting, tls, reason):
    upstream = await serving(answering(ok()), tls=tls())
    with pytest.raises(Refused, match=reason):
        await ask(trusting(), upstream)
    assert upstream.requests == []


@pytest.mark.asyncio(loop_factories=["uvloop"])
async def test_c22_a_body_until_close_has_to_end_with_close_notify(serving, trusting):
    """asyncio's own loop cannot tell the two ends apart."""

    async def cut(peer):
        await peer.answer(b"HTTP/1.1 200 OK\r\n\r\nhell")
        peer.cut()
        await peer.gone()

    upstream = await serving(cut, tls=serving_tls())
    with pytest.raises(Refused, match="within its answer"):
        await ask(trusting(), upstream)


async def test_c22_a_body_until_close_ends_with_close_notify(serving, trusting):
    upstream = await serving(ending(b"HTTP/1.1 200 OK\r\n\r\nhello"), tls=serving_tls())
    assert (await ask(trusting(), upstream)).body == b"hello"


async def test_c22_without_settings_only_the_systems_authorities_are_trusted(serving, pooling):
    upstream = await serving(answering(ok()), tls=serving_tls())
    with pytest.raises(Refused, match="certificate is refused"):
        await ask(pooling(), upstream)


async def test_c22_old_protocols_are_refused(serving, trusting):
    context = serving_tls()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    upstream = await serving(answering(ok()), tls=context)
    with pytest.raises(Refused, match=r"TLS failed|the backend ended it"):
        await ask(trusting(min_version="TLS13"), upstream)


async def test_c22_a_handshake_that_hangs_ends_at_the_deadline(serving, trusting):
    upstream = await serving(hanging)
    upstream.scheme = "https"
    with pytest.raises(Timeout, match=r"^context deadline exceeded$"):
        await ask(trusting(), upstream, within=0.1)


async def test_c22_a_backend_that_speaks_no_tls_is_refused(serving, trusting):
    async def plain(peer):
        await peer.send(b"HTTP/1.1 400 Bad\r\n\r\n")
        await peer.gone()

    upstream = await serving(plain)
    upstream.scheme = "https"
    with pytest.raises(Refused, match="TLS failed"):
        await ask(trusting(), upstream)


async def test_c22_allow_insecure_connections_trusts_anybody(serving, trusting):
    upstream = await serving(answering(ok()), tls=serving_tls(authority=trustme.CA(), names=("other.test",)))
    assert (await ask(trusting(allow_insecure_connections=True), upstream)).status == 200


async def test_c22_a_certificate_is_shown_to_backends_that_ask(serving, trusting, tmp_path):
    own = trustme.CA()
    certificate = own.issue_cert("gateway.test")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "own.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "own.key")
    upstream = await serving(answering(ok()), tls=serving_tls(client=own))
    pair = ClientCertificate(certificate=str(tmp_path / "own.pem"), private_key=str(tmp_path / "own.key"))
    assert (await ask(trusting(client_certs=(pair,)), upstream)).status == 200
