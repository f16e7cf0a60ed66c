"""A worker has a pool for each way to identify itself; they share what is no connection."""
import asyncio

import pytest
from krakpy_sdk import ConfigError

from krakpy.client.pools import Pools
from krakpy.config.model import ClientCertificate, ClientTls
from krakpy.config.settings import TransportSettings
from tests.client.conftest import ask
from tests.client.upstream import answering, ok

OTHER = ClientTls(allow_insecure_connections=True)


@pytest.fixture
async def pools():
    """Pools that keep one idle connection in all."""
    made = Pools(TransportSettings(max_idle_connections=1))
    yield made
    await made.close()


async def test_c26_each_identity_has_a_pool_of_its_own(pools):
    assert pools.of(None) is not pools.of(OTHER)
    assert pools.of(OTHER) is pools.of(ClientTls(allow_insecure_connections=True))


async def test_max_idle_connections_counts_those_of_all_identities(pools, serving):
    upstream = await serving(answering(ok()))
    for tls in (None, OTHER):
        await ask(pools.of(tls), upstream)
    async with asyncio.timeout(20):
        await upstream.someone_left.wait()
    assert (upstream.connections, upstream.gone) == (2, 1)


async def test_a_certificate_that_cannot_be_read_is_told(pools):
    missing = ClientCertificate(certificate="/nowhere/a.pem", private_key="/nowhere/a.key")
    with pytest.raises(ConfigError, match=r"client_certs\[0\]"):
        pools.of(ClientTls(client_certs=(missing,)))
