"""A lock holds for workers and hosts too that start long after the gateway has."""
import asyncio
import os
import signal
import sys

import pytest

from krakpy.codes import Code
from krakpy.extension.board import Board, State
from krakpy.extension.integrity import content_of
from krakpy.extension.locking import LockGate
from krakpy.extension.manager import ExtensionManager
from krakpy.extension.pinning import pinned
from krakpy.extension.preparing import prepare
from krakpy.extension.probe import Job, Verdict
from krakpy.extension.supervisor import Supervisor
from tests.distributions import HOOK

from .hosted import spec_of
from .services import hooked, service
from .starts import OPEN, unprobed

PATIENCE_S = 30


@pytest.fixture
def geo(site):
    """The module of a hook, in a package that needs another."""
    site.add("acme-db", modules={"acme_db.py": ""}, requires=())
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo.py": HOOK}, requires=("acme-db",))
    return site.path / "acme_geo.py"


@pytest.fixture
def lock(site, geo):
    """The lock of it, and the candidate."""
    (candidate,) = site.catalog().find(("hooks",), "geo")
    made, problems = pinned([Job(candidate)], [Verdict(candidate)])
    assert problems == ()
    return made, candidate


def test_a_later_worker_does_not_import_what_has_changed(site, geo, lock, tmp_path):
    (tmp_path / "krakpy.lock").write_text(lock[0].text)
    inproc = {"isolation": "inproc"}
    settings = service(tmp_path, hooked("geo"), plugin={"lock": "krakpy.lock", "defaults": inproc})
    prepared = prepare(settings, environ=OPEN, catalog=site.catalog(with_krakpy=True), examine=unprobed)
    assert ExtensionManager(prepared).failure("endpoints[0]") is None
    del sys.modules["acme_geo"]
    geo.write_text(HOOK + "# later\n")
    failure = ExtensionManager(prepared).failure("endpoints[0]")
    assert failure is not None
    assert failure.code is Code.ALTERED
    assert "acme_geo" not in sys.modules


def test_the_pins_are_of_the_extension_and_of_what_it_needs(site, lock):
    pins = LockGate(lock[0]).pins(lock[1])
    assert {os.path.basename(folder) for folder in pins} == {"acme_geo-1.0.0.dist-info", "acme_db-1.0.0.dist-info"}
    assert all(content_of(site.path / os.path.basename(folder)).digest == digest for folder, digest in pins.items())


async def test_a_later_host_does_not_import_what_has_changed(site, geo, lock):
    supervisor = Supervisor([spec_of(target="acme_geo:Hook", pins=LockGate(lock[0]).pins(lock[1]))])
    supervisor.start()
    try:
        assert supervisor.hosts is not None
        board = Board.open(supervisor.hosts.board)
        await until(lambda: board.read(0).state is State.READY)
        geo.write_text(HOOK + "# later\n")
        os.kill(board.read(0).pid, signal.SIGKILL)
        await until(lambda: board.read(0).state is State.DOWN)
        with open(supervisor.hosts.reason(0), encoding="utf-8") as file:
            assert file.read() == "ALTERED is not imported: acme_geo-1.0.0.dist-info: acme_geo.py has changed"
    finally:
        await asyncio.to_thread(supervisor.stop)


async def until(condition):
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.005)
