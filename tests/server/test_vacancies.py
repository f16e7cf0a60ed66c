"""A place whose worker served is filled at once; one where workers die before they serve waits longer each time."""
import pytest

from krakpy.server.vacancies import BACKOFF_MOST_S, Death, Past, Vacancies, backoff_s


@pytest.mark.parametrize(
    ("failures", "delay_s"), [(0, 0), (1, 0.1), (2, 0.2), (5, 1.6), (9, 25.6), (10, 30), (10**6, 30)]
)
def test_the_delay_doubles_up_to_half_a_minute(failures, delay_s):
    assert backoff_s(failures) == pytest.approx(delay_s)


def test_places_without_history_may_be_filled_at_once():
    assert Vacancies().due(3, now=100) == [Past(), Past(), Past()]


def test_a_place_is_due_when_its_delay_is_over_and_only_once():
    vacancies = Vacancies()
    vacancies.add(Past(2), now=100)
    assert vacancies.due(1, now=100.1) == []
    assert vacancies.wait_s(1, now=100.1, most_s=1) == pytest.approx(0.1)
    assert vacancies.due(1, now=100.2) == [Past(2)]
    assert vacancies.wait_s(1, now=100.2, most_s=1) == 1


def test_each_place_waits_for_itself():
    vacancies = Vacancies()
    vacancies.add(Past(9), now=100)
    vacancies.add(Past(0), now=100)
    assert vacancies.due(2, now=100) == [Past()]


def test_places_that_nobody_misses_any_more_neither_wake_the_master_nor_get_a_worker():
    vacancies = Vacancies()
    vacancies.add(Past(1), now=100)
    assert vacancies.wait_s(0, now=200, most_s=1) == 1
    assert vacancies.due(0, now=200) == []
    assert vacancies.due(1, now=300) == [Past()]


def test_the_longest_delay_is_never_passed():
    vacancies = Vacancies()
    vacancies.add(Past(50), now=0)
    assert vacancies.wait_s(1, now=0, most_s=1000) == BACKOFF_MOST_S


def test_a_place_remembers_its_last_death_and_how_often_it_was_filled():
    vacancies = Vacancies()
    past = Past(0, 3, Death(4711, 1.0, None, "SIGKILL", True))
    vacancies.add(past, now=100)
    assert vacancies.due(1, now=100) == [past]
