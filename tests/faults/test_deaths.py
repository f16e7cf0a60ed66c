"""An extension that ends its worker costs what was in flight there; it is replaced within a second."""
from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.distributions import Site

from .extensions import DEATHS, endpoint, endpoints, install, name_of
from .gateways import Gateway, at, written
from .strict_client import Bystanders, Connection, Lost, Tally
from .upstream import Upstream

CONNECTIONS = 8
#: what happens to whoever dies again and again is in `test_quarantine`
INPROC = {"defaults": {"isolation": "inproc", "quarantine": {"overruns": 0}}}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def gateway(tmp_path_factory, upstream) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("deaths")
    site = Site(folder / "site")
    install(site, DEATHS)
    routes = [endpoint("fine", upstream.port), *endpoints(DEATHS, upstream.port)]
    with Gateway(written(folder, {"plugin": INPROC, "endpoints": routes}), site=site.path) as gateway:
        yield gateway


async def killed(port: int, path: str) -> Tally:
    """What bystanders lost around one request that ends its worker."""
    async with Bystanders(port, CONNECTIONS) as tally:
        await asyncio.sleep(0.2)
        connection = Connection(port)
        with pytest.raises(Lost):
            await connection.get(path)
        answered = tally.answered
        await asyncio.sleep(0.3)
        assert tally.answered > answered, "nobody is served any more"
    return tally


@pytest.mark.parametrize("id", DEATHS)
def test_an_ended_worker_is_replaced_and_bystanders_lose_what_was_in_flight_there(gateway, upstream, id):
    before = len(gateway.events("worker ready"))
    tally = asyncio.run(killed(gateway.port, f"/{name_of(id)}/1"))
    gateway.wait_for(lambda: len(gateway.events("worker ready")) == before + 1, 5)
    assert gateway.process.poll() is None, "the master has ended"
    died, ready = gateway.events("worker died")[-1], gateway.events("worker ready")[-1]
    assert (died["ready"], died["replaced_in_s"]) == (True, 0)
    assert at(ready) - at(died) <= 1
    assert all(lost == 1 for lost in tally.lost_of.values()), "one connection has one request in flight"
    assert all("Error" in lost for lost in tally.lost), "a wrong answer is not a broken connection"
    assert upstream.hits[name_of(id)] == 0, "X-47: nothing got past the hook"


@pytest.mark.slow
@pytest.mark.parametrize("round_", range(20))
def test_every_one_of_many_deaths_is_mended_within_a_second(gateway, upstream, round_):
    id = list(DEATHS)[round_ % len(DEATHS)]
    test_an_ended_worker_is_replaced_and_bystanders_lose_what_was_in_flight_there(gateway, upstream, id)
