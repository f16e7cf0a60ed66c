"""One gateway with every broken extension at once, under load: each takes down its own endpoint and nothing else."""
from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.distributions import HOOK, Site

from .extensions import CALLS, IMPORTS, endpoint, endpoints, install, name_of
from .gateways import Gateway, written
from .strict_client import Answer, Bystanders, Tally, ask_once
from .upstream import Upstream

FAULTS = IMPORTS | CALLS
BROKEN = {id: fault for id, fault in FAULTS.items() if fault.status != 200}
#: how often each broken endpoint is asked
TIMES = 5


@dataclass
class Campaign:
    """What happened while every broken endpoint was asked, and bystanders asked for others."""

    folder: Path
    answers: dict[str, list[Answer]]
    tally: Tally
    hits: dict[str, int]
    events: list[dict[str, Any]]

    def told(self, **fields: object) -> list[dict[str, Any]]:
        """The events that have these fields."""
        return [event for event in self.events if fields.items() <= event.items()]


@pytest.fixture(scope="module")
def campaign(tmp_path_factory) -> Iterator[Campaign]:
    """The gateway is started once and asked once for all tests of this module."""
    folder = tmp_path_factory.mktemp("faults")
    site = neighbourhood(folder)
    with Upstream() as upstream:
        config = written(folder, configuration(upstream.port))
        with Gateway(config, site=site.path, XDG_CACHE_HOME=str(folder / "cache")) as gateway:
            answers, tally = asyncio.run(ask_everything(gateway.port))
            yield Campaign(folder, answers, tally, dict(upstream.hits), gateway.events())


def neighbourhood(folder: Path) -> Site:
    """Every fault, among packages that are wrong in ways that concern nobody."""
    site = Site(folder / "site")
    install(site, FAULTS)
    site.add("acme-fine", hooks={"fine": "acme_fine:Hook"}, modules={"acme_fine.py": HOOK})
    site.add("acme-unasked", hooks={"unasked": "acme_unasked:Hook"}, modules={"acme_unasked.py": telling(folder)})
    site.add("acme-not-utf8", entry_points_text=b"[krakpy.hooks.v1]\nx = \xff\n")
    site.add("acme-no-equals", entry_points_text=b"[krakpy.hooks.v1]\nx\n")
    odd = {"modules": {"acme_odd.py": HOOK}, "metadata": bytes(range(256))}
    site.add("acme-odd", "3.0", hooks={"odd": "acme_odd:Hook"}, **odd)
    site.add("acme-many", hooks={f"many{number}": "acme_many:Hook" for number in range(20_000)})
    site.add("acme-twin", modules={"acme_odd.py": HOOK})
    (site.path / "wave.py").write_text("")
    return site


def telling(folder: Path) -> str:
    return f"open({str(folder / 'imported')!r}, 'w').close()\n{HOOK}"


def configuration(port: int) -> dict[str, Any]:
    """The endpoints of all faults, and those of bystanders with and without a hook of their own."""
    hang = {name_of("X-19 async hang"): {"timeout": "200ms"}}
    others = [endpoint("fine", port, ["fine"]), endpoint("bare", port), endpoint("odd", port, ["odd"])]
    # NOTE: what happens to whoever fails again and again is in `test_quarantine`
    defaults = {"isolation": "inproc", "quarantine": {"overruns": 0, "errors": 0}}
    plugin = {"defaults": defaults, "instances": hang}
    return {"plugin": plugin, "endpoints": [*others, *endpoints(FAULTS, port)]}


async def ask_everything(port: int) -> tuple[dict[str, list[Answer]], Tally]:
    answers: dict[str, list[Answer]] = {}
    async with Bystanders(port) as tally:
        for name in ["fine", "bare", "odd", *map(name_of, FAULTS)]:
            answers[name] = [await ask_once(port, f"/{name}/{number}") for number in range(TIMES)]
        answers["__health"] = [await ask_once(port, "/__health")]
    return answers, tally


def test_bystanders_lose_nothing(campaign):
    assert campaign.tally.lost == []
    assert campaign.tally.answered > 100


@pytest.mark.parametrize("name", ["fine", "bare", "odd", name_of("X-10 slow")])
def test_what_works_is_answered(campaign, name):
    assert [(answer.status, answer.json()) for answer in campaign.answers[name]] == [
        (200, {"nonce": str(number)}) for number in range(TIMES)
    ]


@pytest.mark.parametrize("id", BROKEN)
def test_the_endpoint_of_a_broken_extension_answers_with_a_problem_that_names_no_internals(campaign, id):
    for answer in campaign.answers[name_of(id)]:
        assert (answer.status, answer.headers["content-type"]) == (BROKEN[id].status, "application/problem+json")
        document = answer.json()
        assert set(document) == {"type", "title", "status", "code"}
        assert not any(word in answer.body for word in (b"acme", b"secret", b".py", name_of(id).encode()))


@pytest.mark.parametrize("id", FAULTS)
def test_the_log_names_distribution_instance_cause_and_remedy(campaign, id):
    name = name_of(id)
    who = f"acme-{name.replace('_', '-')} 1.0.0 ({name})"
    told = [event for event in campaign.events if who in event["message"] and FAULTS[id].said in event["message"]]
    assert told, campaign.told(instance=name)
    event = told[0]
    assert event["remedy"]
    assert event.get("instance", name) == name


@pytest.mark.parametrize("id", BROKEN)
def test_nothing_gets_past_a_hook_of_requests_that_failed(campaign, id):
    assert campaign.hits.get(name_of(id), 0) == 0


def test_no_worker_died_of_it(campaign):
    assert [event for event in campaign.events if "worker died" in event["message"]] == []
    assert len(campaign.told(message="worker ready")) == 2


def test_the_gateways_own_health_is_answered(campaign):
    assert campaign.answers["__health"][0].status == 200


@pytest.mark.parametrize("name", ["acme_not_utf8-1.0.0.dist-info", "acme_no_equals-1.0.0.dist-info"])
def test_a_package_that_cannot_be_read_is_told_and_costs_nobody_anything(campaign, name):
    [event] = campaign.told(place=name)
    assert (event["level"], event["code"]) == ("WARNING", "KX008")


def test_a_slow_import_is_warned_of(campaign):
    [event] = campaign.told(code="KX025")
    assert event["level"] == "WARNING"


def test_neighbours_that_overwrite_files_or_shadow_modules_are_warned_of(campaign):
    assert [event["place"] for event in campaign.told(code="KX013")] == ["acme-odd"]
    assert [event["place"] for event in campaign.told(code="KX014")] == [str(campaign.folder / "site")]


def test_what_nobody_asked_for_was_not_imported(campaign):
    assert not (campaign.folder / "imported").exists()


def test_nothing_was_cached(campaign):
    assert not (campaign.folder / "cache").exists()
