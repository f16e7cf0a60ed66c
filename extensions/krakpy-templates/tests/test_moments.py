"""Times are written and read in Go's layouts."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from krakpy_templates.durations import parsed, written
from krakpy_templates.engine import Engine
from krakpy_templates.errors import CallError, TemplateError
from krakpy_templates.moments import Moment, read

AT = Moment(datetime(2026, 3, 4, 15, 6, 7, 120_000, tzinfo=timezone(timedelta(hours=2))))


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("2006-01-02T15:04:05Z07:00", "2026-03-04T15:06:07+02:00"),
        ("Monday, January 2 2006 3:04PM", "Wednesday, March 4 2026 3:06PM"),
        ("Mon Jan _2 03:04:05.000 pm 06", "Wed Mar  4 03:06:07.120 pm 26"),
        ("002 1 5 4 .999 -0700 -07", "063 3 7 6 .12 +0200 +02"),
        ("no layout", "no layout"),
    ],
)
def test_a_moment_is_written_in_a_layout(layout, text):
    assert AT.format(layout) == text


@pytest.mark.parametrize(("hour", "text"), [(0, "12 12 AM"), (11, "11 11 AM"), (12, "12 12 PM"), (23, "11 11 PM")])
def test_half_a_day_begins_with_twelve(hour, text):
    assert Moment(datetime(2026, 3, 4, hour, tzinfo=UTC)).format("03 3 PM") == text


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("2006-01-02T15:04:05Z07:00", "2026-03-04T13:06:07Z"),
        ("Jan 2 2006 3:04:05 PM MST", "Mar 4 2026 1:06:07 PM UTC"),
        ("02/01/06 15:04:05 -0700", "04/03/26 15:06:07 +0200"),
        ("Monday, January _2 2006 15:04:05", "Wednesday, March  4 2026 13:06:07"),
    ],
)
def test_a_moment_is_read_in_a_layout(layout, text):
    assert read(layout, text, UTC).at == datetime(2026, 3, 4, 13, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize("text", ["x", "2026-13-01", "2026-02-30"])
def test_what_is_no_date_is_an_error(text):
    with pytest.raises(CallError):
        read("2006-01-02", text)


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [("1h30m", 5_400_000_000_000), ("-1.5s", -1_500_000_000), ("1us2ns", 1_002), ("0", 0), ("5", None), ("", None)],
)
def test_durations_are_read(text, nanoseconds):
    assert parsed(text) == nanoseconds


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"), (1, "1ns"), (1_500, "1.5µs"), (2_000_000, "2ms"), (90_000_000_000, "1m30s"),
        (-3_600_000_000_000, "-1h0m0s"),
    ],
)
def test_durations_are_written(nanoseconds, text):
    assert written(nanoseconds) == text


def test_now_is_a_moment_with_methods():
    engine = Engine()
    engine.add('{{ ge now.Year 2026 }} {{ now.UTC.Format "MST" }} {{ typeOf now }} {{ ago now }}', "a")
    assert engine.render("a", {}).text == "true UTC time.Time 0s"


@pytest.mark.parametrize(
    ("source", "other"),
    [
        ('{{ date "2006-01-02 15:04" 0 }}', '{{ dateInZone "2006-01-02 15:04" 0 "Local" }}'),
        ("{{ htmlDate 86400 }}", '{{ date "2006-01-02" 86400 }}'),
        ('{{ toDate "2006-01-02" "x" | unixEpoch }}', "-62135596800"),
        ('{{ toDate "2006-01-02" "2020-02-29" | date "Jan 2" }}', "Feb 29"),
        ('{{ date "2006" "no number" }}', '{{ now.Format "2006" }}'),
    ],
)
def test_what_names_no_zone_is_of_this_machine(source, other):
    engine = Engine()
    engine.add(source, "a")
    engine.add(other, "b")
    assert engine.render("a", {}).text == engine.render("b", {}).text


@pytest.mark.parametrize("source", ['{{ date "2006" 99999999999999 }}', '{{ now | dateModify "99999999h" }}'])
def test_a_date_beyond_all_bounds_is_an_error(source):
    engine = Engine()
    engine.add(source, "a")
    with pytest.raises(TemplateError):
        engine.render("a", {})
