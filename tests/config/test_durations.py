"""Durations are Go's: what it parses, how it writes, and what it refuses."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krakpy.config import durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2s", 2.0),
        ("1m30s", 90.0),
        ("1h2m3.5s", 3723.5),
        ("250ms", 0.25),
        ("1us", 1e-06),
        ("1µs", 1e-06),
        ("1μs", 1e-06),
        ("100ns", 1e-07),
        (".5s", 0.5),
        ("1.s", 1.0),
        ("-1.5h", -5400.0),
        ("+3s", 3.0),
        ("0", 0.0),
        ("-0", 0.0),
        ("0s", 0.0),
        ("30s1m", 90.0),
    ],
)
def test_a_duration_is_numbers_with_units(text, seconds):
    assert durations.parse(text) == seconds


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no duration"),
        ("-", "is no duration"),
        ("3", "has no unit"),
        ("1d", "unknown unit 'd'"),
        ("soon", "a number is missing"),
        ("3s ", "unknown unit 's '"),
        ("1.2.3s", "has no unit"),
        (".s", "a number is missing"),
        ("1h-2m", "unknown unit 'h-'"),
        ("99999999h", "too long"),
    ],
)
def test_what_go_cannot_parse_is_refused_with_the_reason(text, reason):
    with pytest.raises(ValueError, match=reason):
        durations.parse(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (2, "2s"),
        (90, "1m30s"),
        (3600, "1h"),
        (0.3, "300ms"),
        (1.5e-06, "1.5us"),
        (1e-09, "1ns"),
        (-61.5, "-1m1.5s"),
    ],
)
def test_a_duration_is_written_in_its_usual_form(seconds, text):
    assert durations.write(seconds) == text


@given(st.integers(min_value=-(2**52), max_value=2**52))
def test_what_is_written_is_parsed_to_the_same_nanosecond(nanoseconds):
    seconds = nanoseconds / durations.NANOSECONDS
    assert durations.nanoseconds(durations.parse(durations.write(seconds))) == durations.nanoseconds(seconds)


@given(st.text(alphabet="0123456789.-+smhnuµ d", max_size=12))
def test_any_text_is_a_duration_or_a_value_error(text):
    with suppress(ValueError):
        assert isinstance(durations.parse(text), float)


@pytest.mark.parametrize(("seconds", "share"), [(2.0, 1.7), (1e-09, 0.0), (1.000000001, 0.85)])
def test_a_share_is_cut_to_whole_nanoseconds(seconds, share):
    assert durations.share(seconds, 85) == share
