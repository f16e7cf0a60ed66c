"""Connections are made within their time, to the first address that answers, and only to whom they were meant."""
import asyncio
import contextlib
import socket

import pytest
from krakpy_sdk import Refused, Timeout

from krakpy.client.dialing import Dialer, alternating
from krakpy.client.pool import Pool
from krakpy.client.resolving import Address, Resolver
from krakpy.config.model import BackendLimits
from krakpy.config.settings import TransportSettings
from tests.client.conftest import ask
from tests.client.upstream import Upstream, answering, hanging, ok


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
    assert loop.time() - started < 4


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
    assert (await ask(pool, upstream, within=30)).status == 200


async def test_the_loser_of_a_race_is_closed(serving, dialling):
    upstream = await serving(answering(ok()))
    address = ("127.0.0.1", upstream.port)
    await ask(dialling(address, address, address, dialer_fallback_delay_s=1e-9), upstream)
    async with asyncio.timeout(20):
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


def test_families_take_turns_and_keep_their_order():
    four = [Address(socket.AF_INET, (f"10.0.0.{number}", 80)) for number in range(3)]
    six = [Address(socket.AF_INET6, (f"fd00::{number}", 80, 0, 0)) for number in range(2)]
    assert alternating([*six, *four]) == [six[0], four[0], six[1], four[1], four[2]]
    assert alternating(four) == four
    assert alternating([]) == []


DENYING = BackendLimits(deny_addresses=("127.0.0.0/8", "::1"))


async def test_c21_a_denied_address_is_never_connected_to(serving, dialling):
    upstream = await serving(answering(ok()))
    pool = dialling(("127.0.0.1", upstream.port), limits=DENYING)
    with pytest.raises(Refused, match=r"127\.0\.0\.1 is among deny_addresses"):
        await ask(pool, upstream)
    assert upstream.connections == 0


@pytest.mark.parametrize(
    ("address", "denied"),
    [("127.9.9.9", True), ("::ffff:127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("fe80::1%lo", False)],
)
def test_an_address_is_denied_in_every_form(address, denied):
    dialer = Dialer(TransportSettings(limits=DENYING))
    assert dialer._is_denied(Address(socket.AF_INET6, (address, 80, 0, 0))) is denied


async def test_what_is_not_denied_of_a_hosts_addresses_is_connected_to(serving, dialling):
    upstream = await serving(answering(ok()))
    limits = BackendLimits(deny_addresses=("127.0.0.2",))
    pool = dialling(("127.0.0.2", upstream.port), ("127.0.0.1", upstream.port), limits=limits)
    assert (await ask(pool, upstream)).status == 200


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
