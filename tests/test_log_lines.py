"""One event, one line, whatever it holds."""
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krakpy.log_lines import Entry, JsonLine, Row, TextLine, krakpy_head, logstash_head, shown, stamp

CREATED = 1767322984.6785
NASTY = "a\nb\r\x1b[31m\u2028\u202e\x85\x7f\ud800\U000e0001"


def entry(message="loaded", *, traceback="", level="INFO", **fields):
    return Entry(CREATED, level, "krakpy.extension", message, fields, traceback)


@pytest.mark.parametrize(
    ("created", "text"),
    [
        (CREATED, "2026-01-02T03:03:04.678Z"),
        (0, "1970-01-01T00:00:00.000Z"),
        (1.9999, "1970-01-01T00:00:01.999Z"),
    ],
)
def test_times_are_utc_with_milliseconds(created, text):
    assert stamp(created) == text


def test_text_is_time_level_logger_message_and_fields():
    line = TextLine()(entry(id="acme-geo/geo", took_ms=12, ok=True, why=None))
    assert line == (
        "2026-01-02T03:03:04.678Z INFO  krakpy.extension  loaded  id=acme-geo/geo took_ms=12 ok=true why=null"
    )


def test_a_prefix_stands_before_the_text():
    assert TextLine(prefix="[GW]")(entry()).startswith("[GW] 2026-01-02")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("GET", "GET"), ("/a/b-c", "/a/b-c"), ("", '""'), ("two words", '"two words"'), ("a=b", '"a=b"'),
        ('say "x"', r'"say \"x\""'), ("a\nb", r'"a\nb"'), (1.5, "1.5"), ([1, "a"], '[1,"a"]'), ({"a": {}}, '{"a":{}}'),
        (ValueError("no"), '"no"'), ("é", '"é"'), ("\u2028", r'"\u2028"'), ("\U000e0001", r'"\udb40\udc01"'),
    ],
)  # fmt: skip
def test_values_are_bare_where_nobody_can_misread_them_and_json_elsewhere(value, text):
    assert shown(value) == text


def test_colour_marks_the_level_and_the_columns_stay_in_line():
    plain, coloured = TextLine()(entry(a=1)), TextLine(colour=True)(entry(a=1))
    assert coloured != plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


def test_a_traceback_is_a_field_of_text_and_lines_set_in_on_a_terminal():
    assert TextLine()(entry(traceback="one\ntwo")).endswith(r'loaded  traceback="one\ntwo"')
    assert TextLine(colour=True)(entry(traceback="one\ntwo")).endswith("loaded\n    | one\n    | two")


def test_json_has_the_head_and_the_fields():
    assert json.loads(JsonLine(krakpy_head, prefix="GW")(entry(id=7, traceback="t"))) == {
        "time": "2026-01-02T03:03:04.678Z", "level": "INFO", "logger": "krakpy.extension", "message": "loaded",
        "prefix": "GW", "id": 7, "traceback": "t",
    }  # fmt: skip


def test_logstash_has_the_members_that_krakend_writes():
    assert json.loads(JsonLine(logstash_head)(entry())) == {
        "@timestamp": "2026-01-02T03:03:04.678+00:00", "@version": 1, "level": "INFO", "message": "loaded",
        "module": "krakpy.extension",
    }  # fmt: skip


def test_a_field_never_hides_a_member_of_the_head():
    line = json.loads(JsonLine(krakpy_head)(Entry(CREATED, "INFO", "a", "real", {"message": "forged", "time": 0})))
    assert (line["message"], line["message_"], line["time_"]) == ("real", "forged", 0)


LINES = [TextLine(), TextLine(prefix="p"), JsonLine(krakpy_head), JsonLine(logstash_head, prefix="p")]


@pytest.mark.parametrize("line", LINES, ids=["text", "prefix", "json", "logstash"])
@pytest.mark.parametrize("at", ["message", "value", "key", "nested", "traceback", "number-key"])
def test_nothing_that_an_event_holds_can_start_a_line_or_steer_a_terminal(line, at):
    event = {
        "message": Entry(CREATED, "INFO", "a", NASTY, {}),
        "value": Entry(CREATED, "INFO", "a", "m", {"k": NASTY}),
        "key": Entry(CREATED, "INFO", "a", "m", {NASTY: 1}),
        "nested": Entry(CREATED, "INFO", "a", "m", {"k": [{NASTY: {NASTY}}]}),
        "traceback": Entry(CREATED, "INFO", "a", "m", {}, NASTY),
        "number-key": Entry(CREATED, "INFO", "a", "m", {"k": {(1, 2): NASTY}}),
    }[at]
    assert line(event).isprintable()


@given(st.text(), st.dictionaries(st.text(), st.text() | st.floats() | st.integers()))
def test_json_of_any_event_is_one_printable_line_of_json(message, fields):
    line = JsonLine(krakpy_head)(Entry(CREATED, "INFO", "a", message, fields))
    assert line.isprintable()
    assert json.loads(line)["message"] == message


@pytest.mark.parametrize("line", [*LINES, TextLine(prefix="100% %s")], ids=["text", "prefix", "json", "logstash", "%"])
@pytest.mark.parametrize("path", ["/users/1", "/a b", '/"', "/\n", "/%s", "/é", ""])
def test_a_row_is_the_same_line_as_its_event(line, path):
    row = Row(line, Entry(0, "INFO", "krakpy.access", "request", {}), ["method", "path"], ["status", "duration_ms"])
    fields = {"method": "GET", "path": path, "status": 200, "duration_ms": 1.25}
    whole = line(Entry(CREATED, "INFO", "krakpy.access", "request", fields))
    assert row(CREATED, ("GET", path), (200, 1.25)) == whole
