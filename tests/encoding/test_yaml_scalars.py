"""Texts are quoted where KrakenD quotes them, and wherever a reader would not take them for this text."""
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from krakpy.encoding.yaml_scalars import block, quoted, scalar


@pytest.mark.parametrize(
    "text",
    [
        "x", "Ada Lovelace", "a-b", "-a", "--", "a -b", "a:b", ":a", "http://a.test/x?y=1", "it's", 'say "hi"', "a@x",
        "é", "1e5", "08", "1.2.3", ".", ".inf", "_1", "nULL", "0xZZ", "-+1", "2023-1-2", "2023-02-30", "24:00",
        "12:30:15",
        "2023-01-02T03:04:05", "2023-01-02 03:04:05Z", "2023-01-02T24:00:00Z", "99999-01-01", "\U0001f600",
    ],
)
def test_a_text_that_means_itself_stands_as_it_is(text):
    assert scalar(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "y", "No", "on", "true", "null", "~", "42", "-7", "+1.5", "+-1", "4.20", ".5", "1.", "1_0", "007", "0x1F",
        "0o17", "0b11", "-0", "123456789012345678901234567890", "1.5e999", "2023-01-02", "0000-02-29", "12:30", "1:2",
        "2023-01-02T03:04:05Z", "2023-01-02t3:04:05.5+01:00", "2023-01-02 03:04:05", "-", "- a", "a: b", "a:", "a ",
        " a", "#a", "a#b", "*a", "&a", "[a", "{a", "]", "}", ",", "!a", "|", ">", "%a", "@a", "`a", "'a", "\\a", "a- b",
    ],
)
def test_a_text_that_could_be_anything_else_is_quoted(text):
    assert scalar(text) == '"' + text.replace("\\", "\\\\") + '"'


@pytest.mark.parametrize("text", ["?", "? a", "<<", "=", "a\tb", "\x01", "\x7f", "\x85", "\u2028", "\ufeffa"])
def test_a_text_that_readers_take_for_something_else_is_quoted(text):
    assert scalar(text) == quoted(text) != text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('a"b\\', '"a\\"b\\\\"'),
        ("\a\b\f\n\r\t\v", '"\\a\\b\\f\\n\\r\\t\\v"'),
        ("\x01\x7f", '"\\x01\\x7f"'),
        ("\x85\u2028", '"\\u0085\\u2028"'),
        ("\U000e0001", '"\\U000e0001"'),
        ("é\U0001f600", '"é\U0001f600"'),
        ("\ud800", '"\ufffd"'),
    ],
    ids=["quote and backslash", "short escapes", "control", "no letters", "far away", "letters", "half a pair"],
)
def test_quoted_texts_are_escaped_as_go_does(text, written):
    assert quoted(text) == written


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one\ntwo", ("|-", "one", "two")),
        ("one\n", ("|", "one")),
        ("a\n\nb\n", ("|", "a", "", "b")),
        ("one\n\n", ("|+", "one", "")),
        ("\none", ("|-", "", "one")),
        ("a\n  b\tc", ("|-", "a", "  b\tc")),
    ],
)
def test_lines_become_a_block(text, lines):
    assert block(text) == lines


@pytest.mark.parametrize("text", ["one", "", "\n", "\n a", " a\nb", "a\r\nb", "a: b\nc", "a #\nb", "a\nb ", "a\n\x01"])
def test_a_block_that_could_not_be_read_back_is_none(text):
    assert block(text) == ()


@given(st.text(max_size=12) | st.text(" -:#?\n\t.0123456789xeETZ+_\"'\\[{&*!|>%@`=<~yno", max_size=8))
def test_every_text_is_read_back(text):
    assert yaml.load(f"k: {scalar(text)}\n", yaml.BaseLoader) == {"k": text.encode("utf-8", "replace").decode()}
