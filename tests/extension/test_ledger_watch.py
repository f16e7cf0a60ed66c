"""What the master reads in the ledger: who a dead worker was running, who blocks one, and how everybody stands."""
import pytest

from krakpy.extension.ledger import NOBODY, SINCE, WHO, Ledger
from krakpy.extension.ledger_watch import Watch
from krakpy.extension.quarantine import Account, Rules, State

PID = 4711
ACCOUNT = Account("acme-geo/geo", "geo", "1.0", limit_s=0.2, rules=Rules(overruns=3))


class Node:
    """A ledger with one instance, and a worker that may run it."""

    def __init__(self):
        self.ledger = Ledger.create()
        self.watch = Watch(self.ledger)
        self.index = self.ledger.enrol(ACCOUNT)
        self.hire()

    def hire(self, *, runs=True, since=0.0):
        page = self.ledger.claim(PID)
        assert page is not None
        self.page = page
        self.page.slot[WHO], self.page.slot[SINCE] = self.index if runs else NOBODY, since

    @property
    def account(self):
        return self.ledger.account(self.index)

    @property
    def state(self):
        return self.ledger.states[self.index]


@pytest.fixture
def node():
    return Node()


def test_a_worker_that_dies_is_laid_to_whom_it_was_running_and_three_times_are_too_much(node):
    for times in (1, 2, 3):
        node.hire()
        culprit = node.watch.buried(PID, "SIGSEGV")
        assert (culprit.label, node.account.deaths) == ("acme-geo 1.0 (geo)", times)
        assert node.watch.buried(PID, "SIGSEGV") is None, "one death is buried once"
    assert (node.state, node.account.why) == (State.QUARANTINED, "its worker died (SIGSEGV)")
    assert node.account.until < float("inf")


@pytest.mark.parametrize(
    ("runs", "is_violent"), [pytest.param(False, True, id="nobody ran"), pytest.param(True, False, id="it was told to")]
)
def test_a_worker_that_ran_nobody_or_went_when_told_is_laid_to_nobody(node, runs, is_violent):
    node.hire(runs=runs)
    assert node.watch.buried(PID, "SIGKILL", is_violent=is_violent) is None
    assert (node.account.deaths, node.ledger.page_of(PID)) == (0, None)


def test_who_ends_workers_that_start_stays_away_until_released(node):
    for _ in range(3):
        node.hire()
        node.watch.buried(PID, "exit status 3", was_ready=False)
    assert node.account.until == float("inf")
    assert node.watch.released("acme-geo/geo") == (["geo"], ["geo"])


def test_a_worker_is_overdue_half_a_second_after_the_timeout_of_what_it_runs(node, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("krakpy.extension.ledger_watch.time.monotonic", lambda: now[0])
    node.hire(since=100.0)
    now[0] = 100.69
    assert list(node.watch.overdue()) == []
    now[0] = 100.71
    [(pid, culprit)] = node.watch.overdue()
    assert (pid, culprit.account.name, round(culprit.for_s, 2)) == (PID, "geo", 0.71)
    assert node.watch.running(PID).label == culprit.label
    node.watch.blocked(culprit)
    assert node.watch.buried(PID, "SIGABRT", is_noted=True).account.name == "geo"
    assert (node.account.overruns, node.account.deaths, node.account.why) == (1, 0, "it blocked its worker")


@pytest.mark.parametrize("what", ["acme-geo/geo", "geo"])
def test_a_quarantine_is_ended_by_id_or_by_name(node, what):
    for _ in range(3):
        node.hire()
        node.watch.buried(PID, "SIGSEGV")
    assert node.watch.released("acme-other/geo") == ([], [])
    assert node.watch.released(what) == (["geo"], [])
    assert node.state == State.ACTIVE
    assert node.watch.released(what) == ([], []), "it is released already"


def test_the_status_tells_what_everybody_did_and_how_long_it_took(node):
    node.page.tallies[2 * node.index], node.page.tallies[2 * node.index + 1] = 4, 0.002
    [told] = node.watch.status()
    assert told == {
        "id": "acme-geo/geo", "instance": "geo", "version": "1.0", "place": "", "state": "active", "for_s": None,
        "until_s": None, "quarantines": 0, "calls": 4, "mean_ms": 0.5, "errors": 0, "overruns": 0, "deaths": 0,
        "last_failure": "",
    }  # fmt: skip
    for _ in range(3):
        node.watch.buried(PID, "SIGSEGV")
        node.hire()
    [told] = node.watch.status()
    assert (told["state"], told["calls"], told["deaths"], told["quarantines"]) == ("quarantined", 4, 3, 1)
    assert 0 < told["until_s"] <= 30


def test_workers_of_another_master_are_buried_by_whoever_comes_next(node):
    node.watch.bury_strangers(lambda pid: pid == PID)
    assert node.account.deaths == 0
    node.watch.bury_strangers(lambda pid: pid != PID)
    assert (node.account.deaths, node.ledger.page_of(PID)) == (1, None)
