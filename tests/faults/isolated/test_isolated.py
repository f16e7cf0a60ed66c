"""One gateway with every broken extension in a host of its own: whatever one does, nobody else notices."""
from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.distributions import HOOK, Site
from tests.faults.extensions import endpoint, endpoints, install, name_of
from tests.faults.gateways import Gateway, written
from tests.faults.strict_client import Answer, Bystanders, Tally, ask_once
from tests.faults.upstream import Upstream

from .extensions import ALL, SOME, Held

#: how often each broken endpoint is asked
TIMES = 3
#: instances that need something of the operator's
INSTANCES = {
    "X-21 memory bomb": {"limits": {"memory_mb": 256}}, "X-35 huge answer": {"limits": {"memory_mb": 1024}},
    "X-29 descriptors": {"limits": {"files": 64}},
}  # fmt: skip


@dataclass
class Campaign:
    """What happened while every broken endpoint was asked, and bystanders asked for others."""

    answers: dict[str, list[Answer]]
    tally: Tally
    hits: dict[str, int]
    events: list[dict[str, Any]]

    def told(self, **fields: object) -> list[dict[str, Any]]:
        """The events that have these fields."""
        return [event for event in self.events if fields.items() <= event.items()]


def campaign(folder: Path, faults: Mapping[str, Held]) -> Campaign:
    """Start a gateway with these faults, and ask it."""
    site = Site(folder / "site")
    install(site, {id: held.fault for id, held in faults.items()})
    site.add("acme-fine", hooks={"fine": "acme_fine:Hook"}, modules={"acme_fine.py": HOOK})
    with Upstream() as upstream:
        names = {id: name_of(id) for id in faults}
        # NOTE: patient with a machine that has a lot to do, and not with those that never come back
        hanging = {names[id]: {"timeout": "1s"} for id, held in faults.items() if 504 in held.statuses}
        others = {names[id]: words for id, words in INSTANCES.items() if id in names}
        plugin = {"defaults": {"timeout": "15s"}, "instances": hanging | others}
        routes = [endpoint("fine", upstream.port, ["fine"]), endpoint("bare", upstream.port)]
        routes += [
            {**route, "timeout": "30s"} for route in endpoints({id: faults[id].fault for id in faults}, upstream.port)
        ]
        config = written(folder, {"plugin": plugin, "endpoints": routes})
        with Gateway(config, site=site.path, workers=1, start_within_s=90.0) as gateway:
            gateway.wait_for(lambda: gateway.events("host ready", instance="fine"), 60)
            answers, tally = asyncio.run(ask_everything(gateway.port, [*names.values(), "bare", "fine"]))
            return Campaign(answers, tally, dict(upstream.hits), gateway.events())


async def ask_everything(port: int, names: list[str]) -> tuple[dict[str, list[Answer]], Tally]:
    answers: dict[str, list[Answer]] = {name: [] for name in [*names, "__health"]}

    async def ask(name: str) -> None:
        for number in range(TIMES):
            answers[name].append(await ask_once(port, f"/{name}/{number}"))

    async with Bystanders(port, 2) as tally:
        for start in range(0, len(names), 4):
            await asyncio.gather(*map(ask, names[start : start + 4]))
        answers["__health"].append(await ask_once(port, "/__health"))
    return answers, tally


def check(found: Campaign, faults: Mapping[str, Held]) -> None:
    """The laws of isolation, for every fault at once."""
    assert found.tally.lost == []
    assert found.tally.answered > 50
    seen = {id: tuple(answer.status for answer in found.answers[name_of(id)]) for id in faults}
    odd = {id: statuses for id, statuses in seen.items() if not set(statuses) <= set(faults[id].statuses)}
    assert odd == {}
    assert [event for event in found.events if "worker died" in event["message"]] == []
    assert len(found.told(message="worker ready")) == 1
    assert found.answers["__health"][0].status == 200


@pytest.fixture(scope="module")
def some(tmp_path_factory) -> Campaign:
    return campaign(tmp_path_factory.mktemp("isolated"), SOME)


def test_bystanders_lose_nothing_and_every_fault_is_answered_as_it_has_to_be(some):
    check(some, SOME)


@pytest.mark.parametrize("id", [id for id, held in SOME.items() if held.fault.status != 200])
def test_nothing_gets_past_a_hook_that_failed(some, id):
    assert some.hits.get(name_of(id), 0) == 0


@pytest.mark.parametrize("id", SOME)
def test_the_log_names_the_instance(some, id):
    if SOME[id].fault.status != 200:
        assert [event for event in some.told(instance=name_of(id), level="ERROR") if event.get("remedy")]


@pytest.mark.parametrize("id", [id for id, held in SOME.items() if held.fault.status != 200])
def test_the_client_sees_a_problem_that_names_no_internals(some, id):
    for answer in some.answers[name_of(id)]:
        document = answer.json()
        assert set(document) == {"type", "title", "status", "code"}
        assert not any(word in answer.body for word in (b"acme", b"secret", b".py", name_of(id).encode()))


@pytest.mark.slow
def test_the_whole_matrix_costs_bystanders_nothing(tmp_path):
    found = campaign(tmp_path, ALL)
    check(found, ALL)
    failing = [name_of(id) for id, held in ALL.items() if 200 not in held.statuses]
    assert {name: found.hits[name] for name in failing if found.hits.get(name)} == {}
