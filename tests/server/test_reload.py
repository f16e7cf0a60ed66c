"""A reload goes from step to step, and the first that fails ends it with its reasons."""
import json

import pytest

from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.server.errand import Result
from krakpy.server.generation import Fixed, Generation, Refusal
from krakpy.server.reload import MOST_PROBLEMS, Reload, failed, heard, told

PROBLEM = Problem(Code.UNKNOWN_KEY, "prt", "unknown key", "Write `port`.")


class Errand:
    """One that ends when the test says so."""

    due_at = 100.0

    def __init__(self, work, limits):
        self.work, self.limits, self.ended = work, limits, None

    def result(self, now):
        return self.ended


class Sender:
    def __init__(self):
        self.sent = []

    def __call__(self, work, **limits):
        self.sent.append(Errand(work, limits))
        return self.sent[-1]


class Next:
    """A source whose next generation is `following`, or refused."""

    def __init__(self, following):
        self.following = following

    def read(self):
        return b"read"

    def generation(self, content, running):
        assert content == b"read"
        if isinstance(self.following, Exception):
            raise self.following
        return self.following


def generation(**members):
    return Generation(app_factory=lambda: pytest.fail("made in the master"), bind="127.0.0.1:0", **members)


@pytest.fixture
def sender():
    return Sender()


def begun(sender, source=None):
    reload = Reload(7, ["SIGHUP"], source or Next(generation()), generation(), sender)
    reload.begin()
    return reload


def test_nothing_happens_until_the_check_has_ended(sender):
    reload = begun(sender)
    assert not reload.advance(0)
    assert (reload.phase, reload.due_at(), len(sender.sent)) == ("checking", 100.0, 1)


def test_a_configuration_that_is_checked_is_rehearsed_and_then_booted(sender):
    reload = begun(sender)
    sender.sent[0].ended = Result(sender.sent[0].work())
    assert reload.advance(0)
    assert reload.phase == "rehearsing"
    sender.sent[1].ended = Result(sender.sent[1].work())
    assert reload.advance(0)
    assert (reload.phase, reload.due_at()) == ("booting", float("inf"))
    assert not reload.advance(0)


@pytest.mark.parametrize(
    ("check", "rehearsal", "reason"),
    [
        (Result(failure="was killed by SIGKILL"), None, "the check of the configuration was killed by SIGKILL"),
        (Result(b"read"), Result(failure="did not come back"), "the rehearsal of a worker did not come back"),
        (Result(b"read"), Result(b"gibberish"), "the rehearsal of a worker said nothing that can be understood"),
        (Result(b"read"), Result(told([PROBLEM])), "unknown key"),
    ],
    ids=["check fails", "rehearsal fails", "rehearsal is not understood", "rehearsal finds something"],
)
def test_the_first_failure_ends_it_with_its_reason(sender, check, rehearsal, reason):
    reload = begun(sender)
    sender.sent[0].ended = check
    if rehearsal is not None:
        reload.advance(0)
        sender.sent[1].ended = rehearsal
    with pytest.raises(Refusal, match=reason):
        reload.advance(0)


def test_a_generation_that_may_not_take_over_ends_it(sender):
    reload = begun(sender, Next(Refusal((PROBLEM,))))
    sender.sent[0].ended = Result(b"read")
    with pytest.raises(Refusal) as refusal:
        reload.advance(0)
    assert refusal.value.problems == (PROBLEM,)
    assert reload.outcome(1, refusal.value.problems).phase == "checking"


def test_what_is_under_way_is_handed_out_when_it_is_given_up(sender):
    reload = begun(sender)
    assert reload.abandon() is sender.sent[0]
    assert reload.abandon() is None


def test_a_good_outcome_has_no_problems(sender):
    outcome = begun(sender).outcome(8)
    assert outcome.is_good
    shown = outcome.as_dict()
    assert (shown["ok"], shown["number"], shown["by"], shown["generation"]) == (True, 7, ["SIGHUP"], 8)
    assert (shown["problems"], shown["more_problems"]) == ([], 0)


def test_an_outcome_with_thousands_of_problems_shows_the_first_of_them_and_counts_the_others(sender):
    shown = begun(sender).outcome(1, (PROBLEM,) * 5000).as_dict()
    assert shown["ok"] is False
    assert (len(shown["problems"]), shown["more_problems"]) == (MOST_PROBLEMS, 5000 - MOST_PROBLEMS)


def test_problems_travel_as_text():
    assert heard(told([PROBLEM])) == (PROBLEM,)


@pytest.mark.parametrize("content", [b"", b"{}x", b"[1]", b'[["NOPE", "", "", ""]]', b'[["SYNTAX"]]'])
def test_what_is_no_problem_counts_as_one(content):
    [problem] = heard(content)
    assert problem.code is Code.RELOAD_FAILED


def test_each_attempt_has_a_generation_of_its_own(sender):
    numbers = [Reload(n, [], Fixed(), generation(), sender).generation for n in (1, 2, 3)]
    assert numbers == [2, 3, 4]


def test_a_reason_of_the_masters_own_says_where_to_look():
    assert "See the log" in failed("x").advice
    assert json.dumps(failed("x").as_dict())
