"""Workers whose master is somebody else's share a ledger, and find out who a dead one was running."""
import os
import subprocess
import sys

import pytest

from krakpy.extension.ledger import WHO
from krakpy.extension.quarantine import Account, State
from krakpy.server.siblings import siblings_ledger


@pytest.fixture
def environ(tmp_path):
    return {"XDG_RUNTIME_DIR": str(tmp_path)}


def dead_pid():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_siblings_share_one_and_other_gateways_have_another(environ):
    one, other = (siblings_ledger(environ, "a.json") for _ in range(2))
    stranger = siblings_ledger(environ, "b.json")
    assert one is not None
    assert other is not None
    assert stranger is not None
    index = one.enrol(Account("acme-geo/geo", "geo", "1.0"))
    assert (other.states[index], stranger.states[index]) == (State.ACTIVE, State.FREE)


def test_whoever_comes_buries_who_is_gone(environ):
    ledger = siblings_ledger(environ, "a.json")
    assert ledger is not None
    index, page = ledger.enrol(Account("acme-geo/geo", "geo", "1.0")), ledger.claim(dead_pid())
    assert page is not None
    page.slot[WHO] = index
    siblings_ledger(environ, "a.json")
    account = ledger.account(index)
    assert account is not None
    assert account.deaths == 1


def test_what_a_master_left_is_removed_and_what_living_ones_have_is_not(environ, tmp_path):
    folder = tmp_path / "krakpy"
    folder.mkdir(mode=0o700)
    left = folder / f"{dead_pid()}-0123.ledger"
    left.touch()
    siblings_ledger(environ, "a.json")
    assert [path.name.partition("-")[0] for path in folder.iterdir()] == [str(os.getppid())]


def test_without_a_place_for_it_there_is_none(tmp_path):
    (tmp_path / "krakpy").touch()
    assert siblings_ledger({"XDG_RUNTIME_DIR": str(tmp_path)}, "a.json") is None
