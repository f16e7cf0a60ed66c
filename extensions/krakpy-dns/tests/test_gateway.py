"""A gateway asks the hosts that DNS names."""
import pytest
from krakpy_dns import Dns

from krakpy.testing import Upstream, gateway

BACKEND = {"sd": "dns", "host": ["a.test"], "disable_host_sanitize": True}


@pytest.fixture
def config(name_server):
    """Two endpoints whose backends have one name."""
    instance = {"config": {"nameservers": [name_server.address]}, "isolation": "inproc"}
    return {
        "dns_cache_ttl": "2s",
        "plugin": {"instances": {"tested/dns": instance}},
        "endpoints": [
            {"endpoint": "/one", "backend": [{**BACKEND, "url_pattern": "/u", "sd_scheme": "https"}]},
            {"endpoint": "/two", "backend": [{**BACKEND, "url_pattern": "/u", "sd_scheme": "https"}]},
        ],
    }


async def test_hosts_take_turns_as_their_weights_say(name_server, config):
    name_server.zone["a.test"] = ["0 20 8081 x.a.test.", "0 10 8082 y.a.test.", "1 99 8083 z.a.test."]
    upstream = Upstream({"/u": {}})
    async with gateway(config, upstream, discovery={"dns": Dns}) as client:
        for _ in range(6):
            await client.get("/one")
    asked = sorted(request.url for request in upstream.requests)
    assert asked == ["https://x.a.test.:8081/u"] * 4 + ["https://y.a.test.:8082/u"] * 2


async def test_endpoints_share_the_look_ups_of_a_name(name_server, config):
    name_server.zone["a.test"] = ["0 1 80 x.a.test."]
    async with gateway(config, Upstream({"/u": {}}), discovery={"dns": Dns}) as client:
        await client.get("/one")
        await client.get("/two")
    assert name_server.asked == ["a.test"]


async def test_without_hosts_the_client_sees_500(config):
    upstream = Upstream()
    async with gateway(config, upstream, discovery={"dns": Dns}) as client:
        assert (await client.get("/one")).status == 500
    assert upstream.requests == []
