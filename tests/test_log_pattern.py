"""KrakenD's `custom_format` says what a line looks like."""
import os
import re
from datetime import datetime

import pytest

from krakpy.log_lines import Entry, Row
from krakpy.log_pattern import PatternLine

CREATED = 1767322984.678901


def rendered(pattern, *, message="loaded", traceback="", colour=False, prefix="", **fields):
    entry = Entry(CREATED, "WARNING", "krakpy.x", message, fields, traceback)
    return PatternLine(pattern, colour=colour, prefix=prefix)(entry)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("", ""),
        ("100% %{level", "100% %{level"),
        ("%{message}", "loaded"),
        ("%{level} %{module}: %{message}!", "WARNING krakpy.x: loaded!"),
        ("%{level:.4s}|%{level:-9s}|%{level:9s}|", "WARN|WARNING  |  WARNING|"),
        ("%{program}[%{pid}]", f"krakpy[{os.getpid()}]"),
        ("%{pid:x}", f"{os.getpid():x}"),
        ("%{time}", "2026-01-02T03:03:04.678Z"),
        ("%{color:bold}%{message}%{color:reset}", "loaded"),
    ],
)
def test_placeholders_are_filled(pattern, line):
    assert rendered(pattern) == line


@pytest.mark.parametrize(
    ("layout", "strftime"),
    [
        ("2006/01/02 - 15:04:05", "%Y/%m/%d - %H:%M:%S"),
        ("2006-01-02T15:04:05.000", "%Y-%m-%dT%H:%M:%S.678"),
        ("05,999999", "%S,678901"),
        ("Mon Jan 02 03:04PM 06 -0700", "%a %b %d %I:%M%p %y %z"),
        ("Monday January 100%", "%A %B 100%%"),
    ],
)
def test_layouts_of_time_are_go_s(layout, strftime):
    assert rendered(f"%{{time:{layout}}}") == datetime.fromtimestamp(CREATED).astimezone().strftime(strftime)


def test_fields_and_traceback_follow_the_message():
    assert rendered("[%{message}]", a=1, b="x y", traceback="t\nu") == r'[loaded a=1 b="x y" traceback="t\nu"]'


def test_ids_count_lines():
    line = PatternLine("%{id:03d}")
    assert [line(Entry(0, "INFO", "a", "m", {})) for _ in range(2)] == ["001", "002"]


def test_colour_follows_the_level_on_a_terminal():
    line = rendered("%{color}a%{color:bold}b%{color:reset}", colour=True)
    assert line == "\x1b[33ma\x1b[1;33mb\x1b[0m"


def test_a_prefix_stands_before_the_pattern():
    assert rendered("%{message}", prefix="[GW]") == "[GW]loaded"


@pytest.mark.parametrize("pattern", ["%{longfile}", "%{level:99999999s}", "%{message:%s}", "%{pid:c}"])
def test_a_placeholder_that_is_not_known_is_refused_by_name(pattern):
    with pytest.raises(ValueError, match=re.escape(pattern)):
        PatternLine(pattern)


@pytest.mark.parametrize("pattern", ["%{message}", "a\nb%{message}", "%{time:\n}%{message}"])
def test_neither_pattern_nor_message_can_start_a_line(pattern):
    assert rendered(pattern, message="a\nb").isprintable()


def test_a_row_is_rendered_whole():
    row = Row(PatternLine("%{message}"), Entry(0, "INFO", "a", "request", {}), ["path"], ["status"])
    assert row(CREATED, ("/",), (200,)) == "request path=/ status=200"
