"""An extension that kills the supervisor of hosts costs the hosts, which come back; the gateway does not notice."""
from __future__ import annotations

import asyncio

from tests.distributions import HOOK, Site
from tests.faults.extensions import endpoint, install, name_of
from tests.faults.gateways import Gateway, written
from tests.faults.strict_client import Bystanders, ask_once
from tests.faults.upstream import Upstream

from .extensions import held

KILLER = {"X-23 kill parent": held("os.kill(os.getppid(), 9)\ntime.sleep(600)", 502, 503, 504).fault}


def test_whoever_kills_the_supervisor_costs_no_bystander_anything_and_hosts_come_back(tmp_path):
    site = Site(tmp_path / "site")
    install(site, KILLER)
    site.add("acme-kind", hooks={"kind": "acme_kind:Hook"}, modules={"acme_kind.py": HOOK})
    [killer] = map(name_of, KILLER)
    with Upstream() as upstream:
        routes = [endpoint("fine", upstream.port), *(endpoint(n, upstream.port, [n]) for n in (killer, "kind"))]
        config = written(tmp_path, {"plugin": {}, "endpoints": routes})
        with Gateway(config, site=site.path, workers=1) as gateway:
            gateway.wait_for(lambda: len(gateway.events("host ready")) == 2, 60)
            status, tally = asyncio.run(kill(gateway.port, killer))
            gateway.wait_for(lambda: len(gateway.events("host ready")) >= 4, 60)
            again = asyncio.run(ask_once(gateway.port, "/kind/2"))
        assert status in (502, 503, 504)
        assert (again.status, tally.lost) == (200, [])
        assert gateway.events("the supervisor of hosts ended")


async def kill(port, name):
    async with Bystanders(port, 2) as tally:
        answer = await ask_once(port, f"/{name}/1")
    return answer.status, tally
