"""How problems look."""
import io

import pytest

from krakpy.cli.terminal import console, counted, line_of
from krakpy.codes import Code
from krakpy.errors import Problem


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(problem: Problem, stream: io.StringIO) -> str:
    console(stream).print(line_of(problem), soft_wrap=True)
    return stream.getvalue()


PROBLEM = Problem(Code.UNKNOWN_KEY, "prt", "unknown key", "Write `port`.")


def test_a_problem_is_one_line_with_code_place_sentence_and_remedy():
    assert shown(PROBLEM, io.StringIO()) == "KC003 prt: unknown key  →  Write `port`.\n"


def test_a_warning_says_that_it_is_one():
    warning = Problem(Code.WEAK_TYPE, "port", "a text", severity="warning")
    assert shown(warning, io.StringIO()).startswith("warning KC014 port: a text")


def test_the_codes_remedy_stands_where_there_is_no_other():
    assert shown(Problem(Code.VERSION, "version", "no"), io.StringIO()).endswith(f"→  {Code.VERSION.remedy}\n")


def test_a_problem_is_never_folded():
    assert shown(Problem(Code.SETTINGS, "p" * 200, "word " * 100), io.StringIO()).count("\n") == 1


def test_what_an_extension_says_cannot_steer_the_terminal():
    assert "\x1b" not in shown(Problem(Code.SETTINGS, "a\x1b[2J", "b\x1b]0;x\x07\n", "c\r"), io.StringIO())


@pytest.mark.parametrize(
    ("environ", "is_coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["terminal", "NO_COLOR", "dumb"],
)
def test_colours_are_for_terminals_that_want_them(monkeypatch, environ, is_coloured):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in shown(PROBLEM, Screen())) is is_coloured


def test_one_is_not_many():
    assert [counted(1, "problem"), counted(2, "problem")] == ["1 problem", "2 problems"]
