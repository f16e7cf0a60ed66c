"""What a worker writes into the ledger: how its instances stand, what it runs, and what it has counted."""
import asyncio
import os

import pytest

from krakpy.extension import ledger_page
from krakpy.extension.ledger import INSTANCES, NOBODY, WHO, Ledger
from krakpy.extension.ledger_page import Record, Worklog
from krakpy.extension.quarantine import Account, Rules, State

ACCOUNT = Account("acme-geo/geo", "geo", "1.0", place="endpoints[0]", rules=Rules(overruns=2, trials=1, lasts_s=0.0))


@pytest.fixture
def ledger():
    return Ledger.create()


@pytest.fixture
def worklog(ledger):
    return Worklog(ledger)


@pytest.fixture
def record(worklog):
    return worklog.record(ACCOUNT)


def slot(ledger):
    page = ledger.page_of(os.getpid())
    return page.slot[WHO]


def test_all_places_of_an_instance_have_one_record(worklog, record):
    assert worklog.record(ACCOUNT) is record


def test_an_instance_goes_through_quarantine_and_probation_and_each_step_is_told_once(record, events):
    record.failed("overrun", 0.0, "took long")
    assert (record.state, len(events)) == (State.ACTIVE, 0)
    record.failed("death", 0.0, "took longer")
    record.failed("error", 0.0, "what was still under way")
    states = [record.state]
    assert record.may_pass()
    states.append(record.state)
    record.went_well()
    assert [*states, record.state] == [State.QUARANTINED, State.PROBATION, State.ACTIVE]
    assert [(level, message.partition("(geo) ")[2]) for level, message, _ in events.told] == [
        ("ERROR", "is quarantined for 0 s: took longer"),
        ("WARNING", "is on probation: it is called once at a time"),
        ("INFO", "is called as before: its quarantine is over"),
    ]
    _, _, told = events.told[0]
    assert (told["code"], told["extension"], told["place"]) == ("KX055", "acme-geo/geo", "endpoints[0]")
    assert told["remedy"] == "mend it, then: krakpy ext release acme-geo/geo"


def test_a_trial_that_is_broken_off_lets_the_next_one_try(record):
    for _ in range(2):
        record.failed("overrun", 0.0, "took long")
    assert record.may_pass()
    assert not record.may_pass()
    record.broken_off()
    assert record.may_pass()


def test_what_is_active_cannot_be_broken_off(record):
    before = record.account
    record.broken_off()
    assert record.account is not None
    assert record.account == before


def test_what_runs_stands_in_the_slot_and_what_it_calls_stands_there_meanwhile(ledger, worklog, record):
    other = worklog.record(Account("acme-b/b", "b", "1"))
    with record.busy():
        assert slot(ledger) == record.index
        with other.busy():
            assert slot(ledger) == other.index
        assert slot(ledger) == record.index
    assert slot(ledger) == NOBODY


async def test_what_was_counted_is_seen_by_others_again_and_again(ledger, worklog, record, monkeypatch):
    monkeypatch.setattr(ledger_page, "FLUSH_S", 0.001)
    keeping = asyncio.ensure_future(worklog.keep())
    record.tally[:] = [7, 0.25]
    page = ledger.page_of(os.getpid())
    async with asyncio.timeout(10):
        while page.tally(record.index) != (7, 0.25):  # memory makes no sound
            await asyncio.sleep(0.001)
    keeping.cancel()


def test_a_worker_that_goes_leaves_what_it_counted(ledger, worklog, record):
    record.tally[:] = [7, 0.25]
    worklog.close()
    worklog.close()
    account = ledger.account(record.index)
    assert (account.calls, ledger.page_of(os.getpid())) == (7, None)


def test_what_nobody_watches_is_always_active(events):
    record = Record.of_nobody()
    for _ in range(100):
        record.failed("overrun", 0.0, "took long")
    assert (record.state, record.may_pass(), record.account, record.is_left_out) == (State.ACTIVE, True, None, False)
    assert len(events) == 0


def test_without_room_nobody_watches_and_that_is_told(ledger, worklog, events):
    for number in range(INSTANCES):
        ledger.enrol(Account(str(number), "x", "1"))
    assert worklog.record(ACCOUNT).account is None
    assert events.fields("no room in the ledger") == {"instance": "geo"}
