"""Single values of a document: strict, or as Go reads them."""

import re
from datetime import timedelta
from typing import TypedDict

import pytest

from krakpy.codes import Code
from krakpy.config import leaves
from krakpy.config.kinds import Port, Seconds, SignedSeconds
from krakpy.config.reading import ABSENT, INVALID, Reading
from krakpy.config.report import Report


class Pair(TypedDict):
    left: int


def read(leaf, *arguments, weak):
    report = Report()
    found = leaf(Reading(report, weak=weak), *arguments, "p")
    return found, [(problem.code, problem.place) for problem in report.problems]


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [(Seconds, "3s", 3.0), (SignedSeconds, "-1s", -1.0), (timedelta, "1m", timedelta(minutes=1))],
)
@pytest.mark.parametrize("weak", [True, False])
def test_the_text_of_a_duration_is_seconds(kind, value, found, weak):
    assert read(leaves.duration, kind, value, weak=weak) == (found, [])


@pytest.mark.parametrize(("weak", "found", "code"), [(True, 7.0, Code.WEAK_TYPE), (False, INVALID, Code.WRONG_TYPE)])
def test_nanoseconds_are_for_weak_readings(weak, found, code):
    assert read(leaves.duration, Seconds, 7_000_000_000, weak=weak) == (found, [(code, "p")])


def test_less_than_nothing_is_nothing_with_a_warning():
    assert read(leaves.duration, Seconds, "-0s", weak=True) == (0.0, [(Code.WEAK_TYPE, "p")])


@pytest.mark.parametrize("value", ["soon", "", "-1s", True])
def test_what_is_no_duration_is_an_error(value):
    assert read(leaves.duration, Seconds, value, weak=True) == (INVALID, [(Code.WRONG_TYPE, "p")])


@pytest.mark.parametrize(
    ("kind", "value", "found", "codes"),
    [
        (bool, True, True, []),
        (bool, "true", False, [(Code.WEAK_TYPE, "p")]),
        (str, "a", "a", []),
        (str, True, "", [(Code.WEAK_TYPE, "p")]),
    ],
)
def test_an_exact_type_counts_alone(kind, value, found, codes):
    assert read(leaves.exact, kind, value, weak=True) == (found, codes)


def test_a_value_of_the_type_is_itself():
    assert read(leaves.scalar, Port, int, 80, weak=False) == (80, [])
    assert read(leaves.scalar, re.Pattern, re.Pattern, "a+", weak=False)[0].match("aa")


def test_a_weak_reading_converts_with_a_warning():
    assert read(leaves.scalar, Port, int, "80", weak=True) == (80, [(Code.WEAK_TYPE, "p")])


@pytest.mark.parametrize(
    ("value", "weak", "message"),
    [
        ("80", False, 'a whole number is expected, not the text "80"'),
        ("http", True, 'a whole number is expected, not the text "http"'),
        (70000, False, "the number 70000 does not fit: expected `int` <= 65535"),
        ("70000", True, "the number 70000 does not fit: expected `int` <= 65535"),
    ],
)
def test_what_does_not_fit_is_said_in_words(value, weak, message):
    report = Report()
    assert leaves.scalar(Reading(report, weak=weak), Port, int, value, "p") is INVALID
    assert report.problems[-1].message == message


def test_an_error_inside_a_foreign_type_has_its_place():
    report = Report()
    leaves.scalar(Reading(report, weak=False), Pair, Pair, {"left": "x"}, "p")
    assert report.problems[0].place == "p.left"


def test_a_placeholder_keeps_the_place_of_the_others():
    assert leaves.placeholder(str) == ""
    assert leaves.placeholder(re.Pattern) is INVALID


def test_marks_say_what_they_stand_for():
    assert repr(ABSENT) == "ABSENT"
