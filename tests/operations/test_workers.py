"""What becomes of a worker is the master's business: clients lose what was in flight in one that was killed."""
import asyncio
import os
import signal
from pathlib import Path

import pytest
import uvloop

from tests.distributions import Site
from tests.faults.gateways import at

from .rig import Operated, config_of, written
from .strict_client import Tally, clients

CLIENTS = 20
HOG = """
from krakpy_sdk import Extension

class Hog(Extension):
    def endpoint_request(self, request):
        if request.params["nonce"] == "much":
            self.kept = bytearray(400_000_000)
"""
CGROUP = Path("/sys/fs/cgroup/memory")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory, upstream):
    folder = tmp_path_factory.mktemp("workers")
    site = Site(folder / "site")
    site.add("acme-hog", hooks={"hog": "acme_hog:Hog"}, modules={"acme_hog.py": HOG})
    config = config_of(upstream.port, "hog", plugin={"defaults": {"isolation": "inproc"}})
    config["endpoints"][-1]["extra_config"] = {"plugin/req-resp-modifier": {"name": ["hog"]}}
    with Operated(written(folder, config), site=site.path) as gateway:
        yield gateway


async def around(gateway: Operated, what, *, times: int = 1, **how) -> Tally:
    """What became of requests while something was done to the gateway so many times."""
    tally = Tally()
    async with clients(gateway.port, CLIENTS, tally, **how):
        for _ in range(times):
            await more(tally)
            what()
            await full(gateway)
        await more(tally)
    return tally


async def more(tally: Tally) -> None:
    enough = tally.answered + 10 * CLIENTS
    while tally.answered < enough:
        await asyncio.sleep(0.02)


async def full(gateway: Operated) -> None:
    """Wait until every worker that died is replaced."""
    while len(gateway.events("worker ready")) < gateway.workers + len(gateway.events("worker died")):
        await asyncio.sleep(0.02)


def send(gateway: Operated, number: signal.Signals) -> None:
    os.kill(gateway.serving()[0], number)


@pytest.mark.parametrize("fresh", [False, True], ids=["kept connections", "fresh connections"])
def test_a_killed_worker_costs_what_was_in_flight_there_and_nothing_is_refused(gateway, fresh):
    tally = uvloop.run(around(gateway, lambda: send(gateway, signal.SIGKILL), times=3, fresh=fresh))
    assert sum(tally.lost.values()) <= 3 * CLIENTS, "no client has more than one request in flight"
    assert "refused" not in tally.lost
    assert not {outcome for outcome in tally.lost if outcome.startswith(("status", "wrong"))}
    died, ready = gateway.events("worker died")[-3:], gateway.events("worker ready")[-3:]
    assert [(event["signal"], event["replaced_in_s"]) for event in died] == [("SIGKILL", 0)] * 3
    assert all(at(up) - at(down) < 10 for down, up in zip(died, ready, strict=True))


@pytest.mark.parametrize("fresh", [False, True], ids=["kept connections", "fresh connections"])
def test_a_worker_that_is_told_to_go_costs_nothing(gateway, fresh):
    tally = uvloop.run(around(gateway, lambda: send(gateway, signal.SIGTERM), fresh=fresh))
    assert tally.lost == {}


def test_the_status_tells_of_a_place_how_often_it_was_filled_and_what_its_worker_died_of(gateway):
    victim = gateway.serving()[0]
    os.kill(victim, signal.SIGKILL)
    gateway.until(lambda: victim in [(worker["last_death"] or {}).get("pid") for worker in gateway.status()["workers"]])
    [worker] = [worker for worker in gateway.status()["workers"] if (worker["last_death"] or {}).get("pid") == victim]
    assert worker["restarts"] >= 1
    assert (worker["last_death"]["signal"], worker["last_death"]["ready"]) == ("SIGKILL", True)


def test_ttin_and_ttou_add_and_take_a_worker_and_cost_nothing(gateway):
    def turned() -> None:
        gateway.process.send_signal(signal.SIGTTIN)
        gateway.until(lambda: len(gateway.serving()) == gateway.workers + 1)
        gateway.process.send_signal(signal.SIGTTOU)
        gateway.until(lambda: len(gateway.serving()) == gateway.workers)

    async def done() -> Tally:
        tally = Tally()
        async with clients(gateway.port, 4, tally):
            await asyncio.to_thread(turned)
            enough = tally.answered + 20
            while tally.answered < enough:
                await asyncio.sleep(0.02)
        return tally

    # NOTE: what was added stays over a reload: the operator's last word counts
    assert asyncio.run(done()).lost == {}


@pytest.fixture
def small(gateway):
    """One worker in a group of its own that may have little memory."""
    group = CGROUP / f"krakpy-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(200_000_000))
    except OSError:
        pytest.skip("no memory controller that this user may write to")
    workers = gateway.serving()
    for pid in workers:
        (group / "cgroup.procs").write_text(str(pid))
    yield workers
    gateway.until(lambda: not (group / "cgroup.procs").read_text())
    group.rmdir()


def test_a_worker_that_the_kernel_kills_for_its_memory_is_replaced(gateway, small):
    tally = Tally()

    async def ask() -> None:
        async with clients(gateway.port, 1, tally, path="/hog/much?"):
            while not tally.lost:
                await asyncio.sleep(0.02)

    asyncio.run(ask())
    assert gateway.events("worker died", signal="SIGKILL")
    assert gateway.process.poll() is None
    for pid in small:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
    gateway.until(lambda: len(set(gateway.serving()) - set(small)) == gateway.workers)
