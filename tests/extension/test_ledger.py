"""The ledger: seen by all processes at once, whole whatever dies while it writes, and never in the way."""
import fcntl
import os
import signal
import time

import pytest
from msgspec.structs import replace

from krakpy.extension.ledger import INSTANCES, NOBODY, PID, WHO, WORKERS, Ledger
from krakpy.extension.quarantine import Account, State

ACCOUNT = Account("acme-geo/geo", "geo", "1.0", place="endpoints[0]")


@pytest.fixture
def ledger():
    return Ledger.create()


def in_child(work):
    """Do something in a forked process; what it ended with."""
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def quarantined(state, account):
    return State.QUARANTINED, replace(account, why="it broke")


def test_an_instance_has_one_number_whoever_enrols_it(ledger):
    index = ledger.enrol(ACCOUNT)
    in_child(lambda: ledger.enrol(replace(ACCOUNT, name="other")))
    assert ledger.enrol(replace(ACCOUNT, place="endpoints[7]", limit_s=9.0)) == index
    account = ledger.account(index)
    assert account is not None
    assert (account.place, account.limit_s) == ("endpoints[7]", 9.0)
    assert [(number, account.name) for number, _, account in ledger.accounts()] == [(0, "geo"), (1, "other")]


def test_enrolling_again_changes_no_state(ledger):
    index = ledger.enrol(ACCOUNT)
    ledger.change(index, quarantined)
    ledger.enrol(ACCOUNT)
    assert ledger.states[index] == State.QUARANTINED


def test_a_change_in_one_process_is_seen_in_all_of_them_within_ten_milliseconds(ledger):
    index = ledger.enrol(ACCOUNT)
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        while ledger.states[index] != State.QUARANTINED:
            pass
        os.write(writing, str(time.monotonic()).encode())
        os._exit(0)
    time.sleep(0.05)
    changed = time.monotonic()
    ledger.change(index, quarantined)
    seen = float(os.read(reading, 64))
    os.waitpid(pid, 0)
    # NOTE: microseconds where nothing else runs
    assert seen - changed < 1.0
    account = ledger.account(index)
    assert account is not None
    assert account.why == "it broke"


def test_whoever_dies_while_it_changes_something_has_changed_nothing_and_holds_no_lock(ledger):
    index = ledger.enrol(ACCOUNT)

    def dying(state, account):
        os.kill(os.getpid(), signal.SIGKILL)
        return state, account

    assert in_child(lambda: ledger.change(index, dying)) == -signal.SIGKILL
    assert ledger.change(index, quarantined)[:2] == (State.ACTIVE, State.QUARANTINED)


def test_whoever_dies_in_the_middle_of_writing_has_changed_nothing(ledger):
    index = ledger.enrol(ACCOUNT)
    halves = ledger._halves

    class Dying:
        """The last thing that is written."""

        def __getitem__(self, number):
            return halves[number]

        def __setitem__(self, number, half):
            os.kill(os.getpid(), signal.SIGKILL)

    def change():
        ledger._halves = Dying()
        ledger.change(index, quarantined)

    assert in_child(change) == -signal.SIGKILL
    assert (ledger.account(index), ledger.states[index]) == (ACCOUNT, State.ACTIVE)


def test_nobody_waits_long_for_somebody_who_holds_the_lock(ledger):
    index = ledger.enrol(ACCOUNT)
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        fcntl.lockf(ledger._descriptor, fcntl.LOCK_EX)
        os.write(writing, b"held")
        time.sleep(60)
    os.read(reading, 4)
    try:
        assert ledger.change(index, quarantined) is not None
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_there_is_room_for_many_and_then_for_no_more(ledger):
    numbers = [ledger.enrol(replace(ACCOUNT, name=str(number))) for number in range(INSTANCES)]
    assert numbers == list(range(INSTANCES))
    assert ledger.enrol(replace(ACCOUNT, name="one more")) == -1
    assert all(ledger.claim(pid) is not None for pid in range(1, WORKERS + 1))
    assert ledger.claim(WORKERS + 1) is None


def test_a_page_is_given_up_with_what_was_counted(ledger):
    index = ledger.enrol(ACCOUNT)
    page = ledger.claim(4711)
    assert page is not None
    assert (page.slot[PID], page.slot[WHO]) == (4711, NOBODY)
    page.tallies[2 * index], page.tallies[2 * index + 1] = 3, 0.5
    ledger.free(page)
    account = ledger.account(index)
    assert account is not None
    assert (account.calls, account.seconds, ledger.page_of(4711)) == (3, 0.5, None)
    again = ledger.claim(4712)
    assert again is not None
    assert again.tally(index) == (0, 0.0)


def test_a_file_is_shared_by_whoever_knows_its_path(tmp_path):
    path = str(tmp_path / "ledger")
    one, other = Ledger.at(path), Ledger.at(path)
    index = one.enrol(ACCOUNT)
    one.change(index, quarantined)
    assert other.states[index] == State.QUARANTINED
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_what_is_no_account_is_nobodys(ledger):
    index = ledger.enrol(ACCOUNT)
    ledger._memory[:] = b"\x01" * len(ledger._memory)
    assert ledger.account(index) is None
    assert ledger.change(index, quarantined) is None
    assert ledger.account(-1) is None
