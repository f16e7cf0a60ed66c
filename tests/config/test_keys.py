"""Keys are matched as they are written; everything else is said."""

from typing import ClassVar

import msgspec
import pytest

from krakpy.codes import Code
from krakpy.config import keys
from krakpy.config.fields import fields_of
from krakpy.config.kinds import Model, Rest
from krakpy.config.reading import Reading
from krakpy.config.report import Report


class Closed(Model, frozen=True, kw_only=True):
    ACCEPTED: ClassVar[dict[str, str]] = {"folder": "Remove the key."}
    ABSENT: ClassVar[dict[str, str]] = {"timeoutt": "Set `timeout` twice as high."}

    timeout: int = 0
    schema: str = msgspec.field(name="$schema", default="")


class Open(Model, frozen=True, kw_only=True):
    SPELLINGS: ClassVar[dict[str, str]] = {"long/proxy": "proxy", "long/cors": "cors"}

    proxy: int = 0
    others: Rest = msgspec.field(default_factory=dict)


def match(cls, value, *, weak=True):
    report = Report()
    found = keys.match(Reading(report, weak=weak), fields_of(cls), value, "a")
    return *found, [(problem.code, problem.place, problem.severity) for problem in report.problems]


def test_known_keys_are_matched():
    assert match(Closed, {"timeout": 1, "$schema": "s"}) == ({"timeout": 1, "$schema": "s"}, {}, [])


def test_comments_are_free():
    assert match(Closed, {"@timeout": 1, "x-owner": 2, "$other": 3}) == ({}, {}, [])


def test_an_unknown_key_is_an_error_with_the_nearest():
    report = Report()
    keys.match(Reading(report, weak=True), fields_of(Closed), {"timeuot": 1}, "a")
    (problem,) = report.problems
    assert (problem.code, problem.place) == (Code.UNKNOWN_KEY, "a.timeuot")
    assert "`timeout`" in problem.message
    assert "`@timeuot`" in problem.advice


def test_a_key_that_is_looked_for_and_not_there_is_an_error_with_what_to_do_instead():
    report = Report()
    keys.match(Reading(report, weak=True), fields_of(Closed), {"timeoutt": 1}, "a")
    (problem,) = report.problems
    assert (problem.code, problem.advice) == (Code.UNKNOWN_KEY, "Set `timeout` twice as high.")


def test_an_unknown_key_without_a_near_one_is_an_error():
    assert match(Closed, {"zzz": 1})[2] == [(Code.UNKNOWN_KEY, "a.zzz", "error")]


@pytest.mark.parametrize(
    ("weak", "matched", "code"), [(True, {"timeout": 1}, Code.WEAK_TYPE), (False, {}, Code.UNKNOWN_KEY)]
)
def test_keys_in_another_case_are_known_to_a_weak_reading(weak, matched, code):
    found, _, problems = match(Closed, {"Timeout": 1}, weak=weak)
    assert found == matched
    assert [code_ for code_, *_ in problems] == [code]


def test_namespaces_have_one_case():
    assert match(Open, {"Proxy": 1}) == ({}, {"Proxy": 1}, [])


def test_a_key_without_effect_is_a_warning_with_what_to_do():
    assert match(Closed, {"folder": "./"}) == ({}, {}, [(Code.IGNORED, "a.folder", "warning")])


def test_other_spellings_stand_for_the_key():
    assert match(Open, {"long/proxy": 1, "long/cors": 2}) == ({"proxy": 1}, {"cors": 2}, [])


@pytest.mark.parametrize(
    ("cls", "value", "place"),
    [
        (Open, {"proxy": 1, "long/proxy": 2}, "a.proxy"),
        (Open, {"long/cors": 1, "cors": 2}, "a.cors"),
        (Closed, {"timeout": 1, "TIMEOUT": 2}, "a.timeout"),
    ],
)
def test_two_spellings_of_one_key_are_an_error(cls, value, place):
    assert (Code.DUPLICATE_KEY, place, "error") in match(cls, value)[2]
