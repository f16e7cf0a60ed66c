"""Under somebody else's gunicorn, too, a broken extension takes down its own endpoint and is told in full."""
from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.distributions import Site

from .extensions import CALLS, DEATHS, IMPORTS, Fault, endpoint, endpoints, install, name_of
from .gateways import Gateway, written
from .strict_client import Answer, Bystanders, Lost, Tally, ask_once
from .upstream import Upstream

#: one of each kind: what raises, what ends the child, what fails in the worker
FAULTS: dict[str, Fault] = {
    id: (IMPORTS | CALLS)[id]
    for id in ("X-01 exception", "X-05 sys.exit", "X-07 os._exit(3)", "X-08 segfault", "setup", "X-15 SystemExit(3)")
}


class PlainGunicorn(Gateway):
    """`gunicorn -k asgi krakpy.asgi:app` in a child."""

    def command(self, config: Path, arguments: tuple[str, ...]) -> list[str]:
        bind = ["-b", f"127.0.0.1:{self.port}", "-w", str(self.workers), "--no-control-socket"]
        return [sys.executable, "-m", "gunicorn", "-k", "asgi", *bind, "krakpy.asgi:app"]

    def is_ready(self) -> bool:
        return self.text().count("ASGI server listening") == self.workers


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[dict[str, Answer], Tally, str, dict[str, int]]]:
    folder = tmp_path_factory.mktemp("plain")
    site = Site(folder / "site")
    install(site, FAULTS)
    with Upstream() as upstream:
        routes = [endpoint("fine", upstream.port), *endpoints(FAULTS, upstream.port)]
        config = written(folder, {"plugin": {}, "endpoints": routes})
        with PlainGunicorn(config, site=site.path, cwd=folder, KRAKPY_CONFIG=str(config)) as gateway:
            answers, tally = asyncio.run(ask_all(gateway.port))
            yield answers, tally, gateway.text(), dict(upstream.hits)


async def ask_all(port: int) -> tuple[dict[str, Answer], Tally]:
    async with Bystanders(port) as tally:
        answers = {id: await ask_once(port, f"/{name_of(id)}/1") for id in FAULTS}
    return answers, tally


def test_bystanders_lose_nothing(served):
    assert (served[1].lost, served[1].answered > 10) == ([], True)


@pytest.mark.parametrize("id", FAULTS)
def test_a_broken_extension_answers_for_itself_and_is_told(served, id):
    answers, _, log, hits = served
    assert (answers[id].status, answers[id].headers["content-type"]) == (FAULTS[id].status, "application/problem+json")
    assert hits.get(name_of(id), 0) == 0
    assert f"acme-{name_of(id).replace('_', '-')} 1.0.0 ({name_of(id)})" in log
    assert FAULTS[id].said in log


@pytest.fixture(scope="module")
def inproc(tmp_path_factory) -> Iterator[PlainGunicorn]:
    folder = tmp_path_factory.mktemp("plain_inproc")
    site = Site(folder / "site")
    faults = {"X-13 exception": CALLS["X-13 exception"], "X-22 segfault": DEATHS["X-22 segfault"]}
    install(site, faults)
    with Upstream() as upstream:
        plugin = {"defaults": {"isolation": "inproc", "quarantine": {"errors": 3, "lasts": "10m"}}}
        config = written(folder, {"plugin": plugin, "endpoints": endpoints(faults, upstream.port)})
        runtime = folder / "run"
        runtime.mkdir()
        private = str(runtime)
        with PlainGunicorn(
            config, site=site.path, cwd=folder, XDG_RUNTIME_DIR=private, KRAKPY_CONFIG=str(config)
        ) as gateway:
            yield gateway


def test_workers_under_another_master_share_quarantines(inproc):
    async def asked() -> list[int]:
        answers = [await ask_once(inproc.port, "/x_13_exception/1") for _ in range(13)]
        return [answer.status for answer in answers]

    assert asyncio.run(asked()) == [500] * 3 + [503] * 10
    assert inproc.text().count("is quarantined for 600 s") == 1


def test_whoever_ends_workers_of_another_master_is_found_by_the_next_worker(inproc):
    def is_refused() -> bool:
        try:
            return asyncio.run(ask_once(inproc.port, "/x_22_segfault/1")).status == 503
        except Lost:
            return False

    inproc.wait_for(is_refused, 60)
    assert "its worker died (nobody knows how)" in inproc.text()
