"""Single values: Go's weak conversions, and the words for what does not fit."""

import re
from pathlib import Path
from typing import Literal

import pytest

from krakpy.config import scalars


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (int, "5", 5),
        (int, "-5", -5),
        (int, 5.0, 5),
        (int, True, 1),
        (float, "1.5e3", 1500.0),
        (float, False, 0.0),
        (bool, "true", True),
        (bool, "F", False),
        (bool, "", False),
        (bool, 2, True),
        (bool, 0, False),
        (str, 5, "5"),
        (str, 5.0, "5"),
        (str, 1.5, "1.5"),
        (str, True, "1"),
        (str, False, "0"),
        (Literal["DEBUG", "INFO"], "debug", "DEBUG"),
    ],
)
def test_what_go_converts_is_converted(kind, value, read):
    found = scalars.weakly(kind, value)
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, "five"),
        (int, 5.5),
        (int, []),
        (float, "x"),
        (float, {}),
        (bool, "yes"),
        (bool, []),
        (str, []),
        (str, {}),
        (Literal["a"], "b"),
        (Literal["a"], 5),
        (bytes, 5),
    ],
)
def test_what_go_does_not_convert_is_none(kind, value):
    assert scalars.weakly(kind, value) is None


@pytest.mark.parametrize(("value", "seconds"), [("3s", 3.0), (7_000_000_000, 7.0), (1e9, 1.0)])
def test_a_duration_is_a_text_or_whole_nanoseconds(value, seconds):
    assert scalars.seconds(value) == seconds


@pytest.mark.parametrize("value", [True, 1.5, [], None])
def test_nothing_else_is_a_duration(value):
    with pytest.raises(ValueError, match='a duration like "3s" is expected'):
        scalars.seconds(value)


def test_texts_become_paths_and_patterns():
    assert scalars.from_text(Path, "a/b") == Path("a/b")
    assert scalars.from_text(re.Pattern, "a+").match("aa")


@pytest.mark.parametrize(("kind", "value"), [(Path, 5), (re.Pattern, 5), (type("Own", (), {}), "x")])
def test_nothing_else_becomes_a_foreign_type(kind, value):
    with pytest.raises(TypeError, match="is expected, not"):
        scalars.from_text(kind, value)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (int, "a whole number"),
        (list[int], "an array"),
        (Literal["a", "b"], 'one of "a", "b"'),
        (Path, "Path"),
        (re.Pattern, "Pattern"),
    ],
)
def test_types_have_names_in_words(kind, name):
    assert scalars.name_of(kind) == name


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "true"),
        ("x", 'the text "x"'),
        ("x" * 61, f'the text "{"x" * 60}…"'),
        (5, "the number 5"),
        (5.0, "the number 5"),
        ({}, "an object"),
        ([], "an array"),
        (Path("x"), repr(Path("x"))),
    ],
    ids=str,
)
def test_values_are_described_in_words(value, words):
    assert scalars.describe(value) == words
