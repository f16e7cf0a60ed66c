"""An exception is put into words, with the place in its author's code, whatever it is."""
import json

import pytest

from krakpy.extension.blame import MAX_TEXT, place_of, said
from krakpy.extension.contracts import settings_for


class Unspeakable(Exception):
    def __str__(self):
        raise SystemExit("no text for you")


def raised(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (KeyError("country"), "KeyError: 'country'"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (ValueError("one\nERROR forged\r\n  two"), "ValueError: one ERROR forged two"),
        (ValueError("x" * 10**6), f"ValueError: {'x' * MAX_TEXT}…"),
        (Unspeakable(), "Unspeakable: (its text raises an exception)"),
    ],
    ids=["with a text", "without one", "with several lines", "too long", "with a text that raises"],
)
def test_an_exception_is_said_on_one_line(error, text):
    assert said(error) == text


def test_the_place_is_the_innermost_line_outside_of_python_and_krakpy():
    assert place_of(raised(json.loads, "{")).startswith(f", at {__file__}:")
    assert place_of(raised(settings_for, None, None, "")).startswith(f", at {__file__}:")


def test_a_syntax_error_is_at_the_line_that_python_names():
    assert place_of(raised(compile, "x =\n", "acme_geo.py", "exec")) == ", at acme_geo.py:1"


def test_an_exception_that_nobody_raised_has_no_place():
    assert place_of(ValueError()) == ""


def test_a_thousand_frames_are_looked_through():
    def recurse():
        recurse()

    assert place_of(raised(recurse)).startswith(f", at {__file__}:")
