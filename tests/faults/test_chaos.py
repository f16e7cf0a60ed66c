"""Thirty extensions that fail at random, side by side, and bystanders that must not notice."""
from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

import pytest

from tests.distributions import HOOK, Site

from .extensions import Fault, endpoint, endpoints, install, name_of
from .gateways import Gateway, written
from .isolated.extensions import HEAD
from .strict_client import Bystanders, Lost, Tally, ask_once
from .upstream import Upstream

EXTENSIONS = 30
#: what a hook does next is drawn anew in each call
SOURCE = f"""
import random
{HEAD}
    async def endpoint_request(self, request):
        fault = random.random()
        if fault < 0.02:
            os._exit(3)
        if fault < 0.03:
            ctypes.string_at(0)
        if fault < 0.04:
            time.sleep(600)
        if fault < 0.06:
            await asyncio.sleep(600)
        if fault < 0.07:
            await swallow()
        if fault < 0.10:
            raise ValueError("chaos")
        if fault < 0.12:
            return object()
        if fault < 0.13:
            KEPT.append(bytearray(2 ** 24))
        if fault < 0.14:
            every_descriptor(os.close)
        if fault < 0.15:
            raise SystemExit(3)
        return Patch().set_header("X-Chaos", "survived")
"""
CHAOS = {f"chaos {number}": Fault(SOURCE, 0, "") for number in range(EXTENSIONS)}


async def asked(port: int, seconds: float) -> tuple[list[int], Tally]:
    """The statuses of the broken endpoints, asked by eight clients as long as that; and what bystanders met."""
    until, statuses = time.monotonic() + seconds, []

    async def ask(number: int) -> None:
        chance = random.Random(number)
        while time.monotonic() < until:
            name = name_of(chance.choice(list(CHAOS)))
            try:
                statuses.append((await ask_once(port, f"/{name}/{number}")).status)
            except Lost:
                statuses.append(0)
            await asyncio.sleep(0.01)

    async with Bystanders(port, 4) as tally:
        await asyncio.gather(*(ask(number) for number in range(8)))
    return statuses, tally


def chaos(folder: Path, seconds: float) -> tuple[list[int], Tally, Gateway]:
    site = Site(folder / "site")
    install(site, CHAOS)
    site.add("acme-fine", hooks={"fine": "acme_fine:Hook"}, modules={"acme_fine.py": HOOK})
    # NOTE: a quarantine that ends soon, so that there is something to see all the time
    rules = {"lasts": "1s", "within": "10s"}
    instances = {"fine": {"timeout": "30s"}}
    plugin = {"defaults": {"timeout": "1s", "quarantine": rules}, "instances": instances}
    with Upstream() as upstream:
        routes = [endpoint("fine", upstream.port, ["fine"]), *endpoints(CHAOS, upstream.port)]
        config = written(folder, {"plugin": plugin, "endpoints": [{**route, "timeout": "60s"} for route in routes]})
        with Gateway(config, site=site.path, start_within_s=180.0) as gateway:
            gateway.wait_for(lambda: gateway.events("host ready", instance="fine"), 60)
            statuses, tally = asyncio.run(asked(gateway.port, seconds))
            assert asyncio.run(ask_once(gateway.port, "/__health")).status == 200
        return statuses, tally, gateway


def check(statuses: list[int], tally: Tally, gateway: Gateway) -> None:
    assert tally.lost == []
    assert tally.answered > 50
    assert set(statuses) <= {200, 500, 502, 503, 504}, "every request is answered"
    assert gateway.events("worker died") == []
    assert gateway.events("host ended"), "there was chaos"


def test_bystanders_lose_nothing_while_thirty_extensions_fail_at_random(tmp_path):
    check(*chaos(tmp_path, 5.0))


@pytest.mark.slow
def test_bystanders_lose_nothing_in_two_minutes_of_chaos(tmp_path):
    statuses, tally, gateway = chaos(tmp_path, 120.0)
    check(statuses, tally, gateway)
    assert gateway.events("is quarantined")
    assert gateway.events("its quarantine is over")
