"""The rules of quarantine: how much is too much, how long it lasts, and how trust comes back."""
from functools import partial

import pytest
from msgspec.structs import replace

from krakpy.extension.quarantine import (
    LONGEST_S,
    MOST_ERRORS,
    Account,
    Failing,
    Rules,
    State,
    broken_off,
    failed,
    may_pass,
    released,
    sentence,
    went_well,
)

ACCOUNT = Account("acme-geo/geo", "geo", "1.0")
NEW = State.ACTIVE, ACCOUNT


def after(kind, *moments, standing=NEW, began=None, is_at_boot=False):
    """How it stands after failures at these moments; each call began when it failed, unless something else is said."""
    for now in moments:
        state, account = standing
        standing = failed(state, account, Failing(kind, now, now if began is None else began, "it broke", is_at_boot))
    return standing


def passed(standing, now):
    """How it stands when somebody wants to call it at this moment, and whether that may be."""
    state, account = standing
    return may_pass(state, account, now)


@pytest.mark.parametrize(
    ("kind", "moments", "state"),
    [
        pytest.param("overrun", (1, 2), State.ACTIVE, id="two overruns"),
        pytest.param("overrun", (1, 2, 3), State.QUARANTINED, id="three overruns"),
        pytest.param("death", (1, 30, 59), State.QUARANTINED, id="three deaths within a minute"),
        pytest.param("death", (1, 30, 62), State.ACTIVE, id="three deaths in more than a minute"),
        pytest.param("error", range(19), State.ACTIVE, id="19 errors"),
        pytest.param("error", range(20), State.QUARANTINED, id="20 errors"),
        pytest.param("error", range(0, 80, 4), State.ACTIVE, id="20 errors in more than a minute"),
    ],
)
def test_so_much_within_its_time_is_too_much(kind, moments, state):
    assert after(kind, *moments)[0] is state


def test_overruns_and_deaths_count_together_and_errors_apart():
    assert after("overrun", 3, standing=after("death", 1, 2))[0] is State.QUARANTINED
    assert after("overrun", 1, 2, standing=after("error", *range(19)))[0] is State.ACTIVE


def test_calls_that_were_under_way_at_an_accident_are_part_of_it():
    assert after("overrun", 10, 10.1, 10.2, 10.3, began=9)[0] is State.ACTIVE


@pytest.mark.parametrize("kind", ["overrun", "error"])
def test_zero_is_without_end(kind):
    endless = State.ACTIVE, replace(ACCOUNT, rules=Rules(overruns=0, errors=0))
    assert after(kind, *range(200), standing=endless)[0] is State.ACTIVE


def test_what_is_remembered_has_an_end():
    endless = State.ACTIVE, replace(ACCOUNT, rules=Rules(errors=0))
    assert len(after("error", *range(1000), standing=endless)[1].failures) == MOST_ERRORS


def test_what_happens_in_quarantine_is_counted_and_changes_nothing():
    standing = after("error", 60, standing=after("overrun", 1, 2, 3))
    assert (standing[0], standing[1].until, standing[1].errors) == (State.QUARANTINED, 33, 1)


def test_it_is_tried_once_at_a_time_when_its_time_is_over():
    standing = after("overrun", 1, 2, 3)
    standing, may = passed(standing, 32.9)
    assert (standing[0], may) == (State.QUARANTINED, False)
    standing, may = passed(standing, 33)
    assert (standing[0], may) == (State.PROBATION, True)
    standing, may = passed(standing, 33.1)
    assert may is False
    assert passed(standing, 36)[1] is True, "whoever tried it has not come back"


@pytest.mark.parametrize("end", [partial(went_well, now=34), broken_off])
def test_the_next_may_try_when_the_trial_is_over(end):
    standing, _ = passed(after("overrun", 1, 2, 3), 33)
    assert passed(end(*standing), 34)[1] is True


def test_it_is_active_again_after_so_many_calls_in_a_row_that_went_well():
    standing, _ = passed(after("overrun", 1, 2, 3), 33)
    for now in (34, 35):
        standing = went_well(standing[0], standing[1], now=now)
        assert standing[0] is State.PROBATION
    state, account = went_well(standing[0], standing[1], now=36)
    assert (state, account.times, account.strikes) == (State.ACTIVE, 0, ())


def test_one_failure_on_probation_is_enough_and_each_quarantine_lasts_twice_as_long():
    standing, lasted = after("overrun", 1, 2, 3), []
    for _ in range(8):
        now = standing[1].until
        lasted.append(now - standing[1].since)
        standing, _ = passed(standing, now)
        standing = after("error", now + 1, standing=standing)
    assert lasted == [30, 60, 120, 240, 480, LONGEST_S, LONGEST_S, LONGEST_S]


def test_an_active_one_passes():
    assert passed(NEW, 1) == (NEW, True)
    assert went_well(*NEW, now=1) == NEW
    assert broken_off(*NEW) == NEW


def test_all_is_forgiven_to_one_that_is_released():
    state, account = released(after("overrun", 1, 2, 3)[1], now=5)
    assert (state, account.times, account.overruns) == (State.ACTIVE, 0, 3)
    assert after("overrun", 6, 7, standing=(state, account))[0] is State.ACTIVE


def test_what_workers_die_of_when_they_start_is_not_tried_again_by_itself():
    standing = after("death", 1, 2, 3, is_at_boot=True)
    assert passed(standing, 10**9)[1] is False
    assert sentence(standing[1]) == "is quarantined until it is released: it broke"
    assert sentence(after("death", 1, 2, 3)[1]) == "is quarantined for 30 s: it broke"


def test_another_version_is_another_instance():
    assert replace(ACCOUNT, version="1.1").key != ACCOUNT.key == replace(ACCOUNT, place="endpoints[1]", calls=3).key
