"""Whoever fails again and again is not called any more, by any worker, until it is mended or tried again."""
from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.distributions import HOOK, Site

from .extensions import CALLS, DEATHS, Fault, call, endpoint, endpoints, install, name_of
from .gateways import Gateway, at, written
from .strict_client import Answer, Bystanders, Lost, Tally, ask_once
from .upstream import Upstream

#: one instance for each test, so that none meets what another has left
FAULTS: dict[str, Fault] = {
    "X-22 segfault": DEATHS["X-22 segfault"],
    "X-20 busy loop": call("while True: pass", 0, ""),
    "X-20 blocking sleep": call("__import__('time').sleep(600)", 0, ""),
    "X-13 exception": CALLS["X-13 exception"],
    "X-19 async hang": CALLS["X-19 async hang"],
    "reloaded": CALLS["X-13 exception"],
    "released": CALLS["X-13 exception"],
    "mended": call("if 'bad' in request.path: raise ValueError", 500, ""),
    "skipped": CALLS["X-13 exception"],
}
TIMEOUT_S = 0.2
RULES = {"errors": 3}
INSTANCES = {
    "mended": {"quarantine": {**RULES, "lasts": "1ms", "trials": 2}},
    "skipped": {"quarantine": RULES, "on_error": "skip"},
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("quarantine")
    site = Site(folder / "site")
    install(site, FAULTS)
    site.add("acme-fine", hooks={"fine": "acme_fine:Hook"}, modules={"acme_fine.py": HOOK})
    defaults = {"isolation": "inproc", "timeout": f"{TIMEOUT_S}s", "quarantine": RULES}
    with Upstream() as upstream:
        routes = [endpoint("fine", upstream.port, ["fine"]), *endpoints(FAULTS, upstream.port)]
        # NOTE: bystanders have a slow machine's time
        instances = {**INSTANCES, "fine": {"timeout": "30s"}}
        plugin = {"defaults": defaults, "instances": instances}
        with Gateway(written(folder, {"plugin": plugin, "endpoints": routes}), site=site.path) as gateway:
            yield gateway


async def asked(port: int, id: str, times: int) -> tuple[list[int], Tally]:
    """The statuses of so many requests one after the other, 0 for one that was lost; and what bystanders met."""
    statuses = []
    async with Bystanders(port, 4) as tally:
        for number in range(times):
            try:
                statuses.append((await ask_once(port, f"/{name_of(id)}/{number}")).status)
            except Lost:
                statuses.append(0)
    return statuses, tally


async def at_once(port: int, path: str, times: int) -> list[Answer]:
    return list(await asyncio.gather(*(ask_once(port, path) for _ in range(times))))


def status(gateway: Gateway, id: str) -> dict[str, Any]:
    """What `krakpy status` says of an instance."""
    ran = krakpy(gateway, "status", "--json")
    [found] = [one for one in json.loads(ran.stdout)["instances"] if one["instance"] == name_of(id)]
    return found


def krakpy(gateway: Gateway, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "krakpy", *words, "--pid", str(gateway.process.pid)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def quarantines(gateway: Gateway, id: str) -> list[dict[str, Any]]:
    return gateway.events("is quarantined", instance=name_of(id), code="KX055")


def test_who_ends_workers_is_known_and_quarantined(gateway):
    for deaths in (1, 2, 3):
        statuses, tally = asyncio.run(asked(gateway.port, "X-22 segfault", 1))
        assert statuses == [0]
        assert all(lost <= 1 for lost in tally.lost_of.values()), "more than was in flight in the worker that died"
        # NOTE: a client knows of a death a moment before the master does
        gateway.wait_for(lambda deaths=deaths: status(gateway, "X-22 segfault")["deaths"] == deaths, 10)
    assert asyncio.run(asked(gateway.port, "X-22 segfault", 5))[0] == [503] * 5
    died = gateway.events("worker died", code="KX056", instance=name_of("X-22 segfault"))
    assert [(event["signal"], event["replaced_in_s"]) for event in died] == [("SIGSEGV", 0)] * 3
    assert any("acme_x_22_segfault.py:6 in endpoint_request" in frame for frame in died[0]["stack"])
    assert len(quarantines(gateway, "X-22 segfault")) == 1, "told once"


@pytest.mark.parametrize("id", ["X-20 busy loop", "X-20 blocking sleep"])
def test_who_blocks_a_worker_costs_the_worker_and_is_quarantined(gateway, id):
    statuses, _ = asyncio.run(asked(gateway.port, id, 4))
    assert statuses == [0, 0, 0, 503]
    blocked = gateway.events("blocks its worker", instance=name_of(id))
    assert len(blocked) == 3
    assert all(event["for_s"] > TIMEOUT_S + 0.5 for event in blocked)
    died = gateway.events("worker died", code="KX057", instance=name_of(id))
    assert any(f"acme_{name_of(id)}.py:6 in endpoint_request" in frame for frame in died[0]["stack"])
    assert at(died[0]) - at(blocked[0]) < 5
    assert status(gateway, id)["overruns"] == 3


@pytest.mark.parametrize(("id", "status_"), [("X-13 exception", 500), ("X-19 async hang", 504)])
def test_what_fails_in_other_ways_is_quarantined_too_and_no_bystander_notices(gateway, id, status_):
    statuses, tally = asyncio.run(asked(gateway.port, id, 5))
    assert (statuses, tally.lost) == ([status_] * 3 + [503] * 2, [])
    answers = asyncio.run(at_once(gateway.port, f"/{name_of(id)}/1", 20))
    assert {answer.status for answer in answers} == {503}, "every worker knows"
    assert answers[0].json() == {
        "type": "about:blank", "title": "Service Unavailable", "status": 503, "code": "KX055",
    }  # fmt: skip
    assert len(quarantines(gateway, id)) == 1


def test_a_request_goes_on_without_a_quarantined_hook_that_may_be_skipped(gateway):
    statuses, _ = asyncio.run(asked(gateway.port, "skipped", 6))
    assert statuses == [200] * 6
    assert status(gateway, "skipped")["state"] == "quarantined"
    assert status(gateway, "skipped")["errors"] == 3, "it is called no more"


def test_one_that_is_mended_is_trusted_again_after_its_probation(gateway):
    for number in range(3):
        asyncio.run(ask_once(gateway.port, f"/mended/bad{number}"))
    assert quarantines(gateway, "mended")
    answers = [asyncio.run(ask_once(gateway.port, "/mended/good")).status for _ in range(3)]
    assert answers == [200] * 3
    assert status(gateway, "mended")["state"] == "active"
    assert gateway.events("its quarantine is over", instance="mended")


def test_a_quarantine_outlives_a_reload(gateway):
    asyncio.run(asked(gateway.port, "reloaded", 3))
    assert krakpy(gateway, "reload").returncode == 0
    assert asyncio.run(asked(gateway.port, "reloaded", 2))[0] == [503, 503]


def test_the_operator_ends_a_quarantine(gateway):
    asyncio.run(asked(gateway.port, "released", 3))
    assert status(gateway, "released")["state"] == "quarantined"
    ran = krakpy(gateway, "ext", "release", "acme-released/released")
    assert (ran.returncode, ran.stdout) == (0, "released is called again\n")
    assert asyncio.run(asked(gateway.port, "released", 4))[0] == [500, 500, 500, 503]
    assert krakpy(gateway, "ext", "release", "acme-fine/fine").returncode == 1
