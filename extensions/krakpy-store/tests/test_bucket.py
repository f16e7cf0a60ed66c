"""A token bucket gives what its rate and capacity allow, and never more."""
import pytest
from krakpy_store.bucket import take


def taken(times, *, capacity, per_s, full_at=0.0):
    """Which of these moments got a token."""
    allowed = []
    for now in times:
        result, full_at = take(full_at, now, 1, capacity, per_s)
        allowed.append(result.is_allowed)
    return allowed


def test_a_full_bucket_gives_its_capacity_at_once():
    assert taken([0.0] * 5, capacity=3, per_s=1.0) == [True, True, True, False, False]


def test_after_a_pause_there_is_no_more_than_the_capacity():
    """KrakenD: up to twice as many, and one more."""
    assert sum(taken([1_000_000.0] * 20, capacity=3, per_s=1.0)) == 3


def test_tokens_come_back_one_by_one():
    moments = [0.0, 0.0, 0.5, 0.99, 1.0, 1.0, 2.0, 4.0, 4.0, 4.0]
    assert taken(moments, capacity=2, per_s=1.0) == [True, True, False, False, True, False, True, True, True, False]


@pytest.mark.parametrize("per_s", [0.01, 3.0, 10.0, 777.7])
@pytest.mark.parametrize("capacity", [2, 7, 50])
def test_overload_gets_the_rate_and_the_first_burst(per_s, capacity):
    seconds = 600 / per_s
    moments = [seconds * step / 20_000 for step in range(20_000)]
    assert sum(taken(moments, capacity=capacity, per_s=per_s)) == pytest.approx(600 + capacity, abs=1)


def test_a_refusal_takes_nothing_and_says_when_to_come_again():
    _, full_at = take(0.0, 10.0, 2, 2, 4.0)
    refused, after = take(full_at, 10.0, 1, 2, 4.0)
    assert (refused.is_allowed, refused.remaining, refused.retry_after_s, after) == (False, 0, 0.25, full_at)


def test_what_is_left_is_told_in_whole_tokens():
    assert take(0.0, 10.0, 1, 5, 1.0)[0].remaining == 4


def test_several_tokens_are_taken_together_or_not_at_all():
    _, full_at = take(0.0, 10.0, 3, 4, 1.0)
    assert take(full_at, 10.0, 2, 4, 1.0)[0] == (False, 1, 1.0)


def test_what_was_filled_more_slowly_before_is_not_held_against_anybody():
    """After a reload with a higher limit."""
    _, full_at = take(0.0, 10.0, 1, 1, 0.001)
    refused, _ = take(full_at, 10.0, 1, 1, 10.0)
    assert (refused.is_allowed, refused.retry_after_s) == (False, pytest.approx(0.1))
