"""Groups call their members in an order that the configuration says."""
import pytest
from krakpy_sdk import UpstreamError

FAILING = {"header.Append": {"scope": ["request"], "name": "Host", "value": "x"}}


def marks(message):
    return message.headers.getall("X-Mark")


def test_a_fifo_keeps_the_order_of_its_list_in_both_directions(through, marked):
    asked, answer = through({"fifo.Group": {"modifiers": [marked("1"), marked("2"), marked("3")]}})()
    assert (marks(asked), marks(answer)) == (["1", "2", "3"], ["1", "2", "3"])


def test_higher_priorities_come_first_and_of_equals_the_one_that_is_listed_later(through, marked):
    numbers = [(0, "low"), (10, "high"), (5, "first"), (5, "second")]
    modifiers = [{"priority": number, "modifier": marked(mark)} for number, mark in numbers]
    asked, answer = through({"priority.Group": {"modifiers": modifiers}})()
    assert marks(asked) == marks(answer) == ["high", "second", "first", "low"]


def test_a_group_may_hold_groups_and_be_for_one_direction(through, marked):
    inner = {"fifo.Group": {"modifiers": [marked("a"), marked("b")]}}
    asked, answer = through({"fifo.Group": {"scope": ["request"], "modifiers": [inner, marked("c")]}})()
    assert (marks(asked), marks(answer)) == (["a", "b", "c"], [])


@pytest.mark.parametrize(
    "config", [{"fifo.Group": {}}, {"fifo.Group": {"modifiers": []}}, {"priority.Group": {"modifiers": None}}]
)
def test_an_empty_group_does_nothing(through, config):
    asked, answer = through(config)()
    assert (marks(asked), answer.body) == ([], b"old")


def test_the_first_failure_ends_a_group(through):
    with pytest.raises(UpstreamError) as failure:
        through({"fifo.Group": {"modifiers": [FAILING, FAILING]}})()
    assert str(failure.value).count("second Host") == 1


def test_failures_are_told_together_where_that_is_asked_for(through, marked):
    with pytest.raises(UpstreamError) as failure:
        through({"fifo.Group": {"aggregateErrors": True, "modifiers": [FAILING, marked("1"), FAILING]}})()
    assert str(failure.value).count("second Host") == 2


def test_a_group_that_tells_failures_together_does_what_it_can(through, marked):
    asked, answer = through({"fifo.Group": {"aggregateErrors": True, "modifiers": [marked("1"), marked("2")]}})()
    assert (marks(asked), marks(answer)) == (["1", "2"], ["1", "2"])
