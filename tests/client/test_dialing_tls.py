"""TLS towards backends: who is trusted, what is agreed on, and what an end without a word means."""
import asyncio
import ssl
from datetime import datetime
from typing import Any

import pytest
import trustme
from krakpy_sdk import Refused, Timeout

from krakpy.client.pool import Pool
from krakpy.config.model import ClientCertificate, ClientTls
from tests.client.conftest import ask
from tests.client.test_bypass import LARGE, Outlet
from tests.client.upstream import answering, ending, hanging, ok

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


async def test_a_body_that_comes_over_tls_is_never_moved_as_it_is_on_the_wire(serving, trusting):
    upstream, pool = await serving(answering(ok(LARGE), ok(LARGE)), tls=serving_tls()), trusting()
    for _ in range(2):
        outlet = Outlet((await ask(pool, upstream, stream=True)).stream)
        await outlet.pour()
        assert await outlet.wait() == LARGE
        assert outlet.moved == 0
        outlet.close()


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


async def handshake(serving, trusting, offered, **server):
    """The suite that both sides agree on, or Refused."""
    # NOTE: in TLS 1.2 the offered curves hold for the keys of certificates too, if they are on curves
    context = serving_tls(AUTHORITY.issue_cert("localhost", key_type=trustme.KeyType.RSA))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    if "ciphers" in server:
        context.set_ciphers(server["ciphers"])
    if "curve" in server:
        context.set_ecdh_curve(server["curve"])
    suites = []

    async def telling(peer):
        suites.append(peer._writer.get_extra_info("cipher")[0])
        await peer.answer(ok())
        await peer.gone()

    await ask(trusting(max_version="TLS12", **offered), await serving(telling, tls=context))
    return suites


async def test_cipher_suites_are_those_that_are_offered(serving, trusting):
    both = "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"
    chosen = {"cipher_suites": (49199,)}
    assert await handshake(serving, trusting, chosen, ciphers=both) == ["ECDHE-RSA-AES128-GCM-SHA256"]
    with pytest.raises(Refused, match=r"TLS failed|the backend ended it"):
        await handshake(serving, trusting, chosen, ciphers="ECDHE-RSA-AES256-GCM-SHA384")


async def test_the_curve_is_the_one_that_is_offered(serving, trusting):
    offered = {"curve_preferences": (24,)}
    assert await handshake(serving, trusting, offered, curve="secp384r1")
    with pytest.raises(Refused, match=r"TLS failed|the backend ended it"):
        await handshake(serving, trusting, offered, curve="prime256v1")


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
