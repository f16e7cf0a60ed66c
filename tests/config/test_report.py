"""A report remembers where errors stand, so that what follows from one is not said again."""

import pytest

from krakpy.codes import Code
from krakpy.config.report import Report, join
from krakpy.errors import Problem


@pytest.mark.parametrize(
    ("place", "is_broken"),
    [
        ("endpoints[1].backend", True),
        ("endpoints[1].backend[0]", True),
        ("endpoints[1].backend.x", True),
        ("endpoints[1]", True),
        ("", True),
        ("endpoints[1].backendx", False),
        ("endpoints[10]", False),
        ("endpoints[1].method", False),
    ],
)
def test_a_place_is_broken_by_an_error_above_or_below_it(place, is_broken):
    report = Report()
    report.error(Code.WRONG_TYPE, "endpoints[1].backend", "no array")
    assert report.is_broken(place) is is_broken


def test_warnings_break_nothing():
    report = Report()
    report.warning(Code.WEAK_TYPE, "port", "text")
    report.add(Problem(Code.WEAK_TYPE, "port", "text", severity="warning"))
    assert not report.has_errors
    assert not report.is_broken("port")
    assert len(report.problems) == 2


def test_an_error_of_somebody_else_breaks_its_place():
    report = Report()
    report.add(Problem(Code.SYNTAX, "a", "b"))
    assert report.has_errors
    assert report.is_broken("a")


@pytest.mark.parametrize(("place", "key", "joined"), [("", "a", "a"), ("a", "b", "a.b")])
def test_places_are_joined_by_dots(place, key, joined):
    assert join(place, key) == joined
