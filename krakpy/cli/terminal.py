"""What people see: problems on a line each, colour on a terminal that wants it.

    say(Text("Syntax OK!", "green"))
    refuse("krakend.json", error.problems)       # exit status 1

PERF: importing rich takes as long as everything else that `krakpy run` does before it reads its file, so commands that
need it only when something is wrong import this module then.
"""
from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Literal, NoReturn, TextIO

import click
from rich.console import Console
from rich.text import Text

from krakpy.errors import Problem
from krakpy.log_lines import printable
from krakpy.logs import wants_colour

SEVERITIES = {"error": "bold red", "warning": "bold yellow"}


def console(stream: TextIO) -> Console:
    """A console on a stream, with colours where they are wanted; text stays as it is."""
    colours: Literal["auto"] | None = "auto" if wants_colour(stream) else None
    return Console(file=stream, color_system=colours, markup=False, highlight=False, emoji=False)


def say(*lines: Text) -> None:
    """Print on standard output."""
    _print(sys.stdout, lines)


def complain(*lines: Text) -> None:
    """Print on standard error."""
    _print(sys.stderr, lines)


def _print(stream: TextIO, lines: Iterable[Text]) -> None:
    out = console(stream)
    for line in lines:
        # NOTE: a line is never folded or cut, so that it can be copied whole
        out.print(line, soft_wrap=True)


def line_of(problem: Problem) -> Text:
    """The problem on one line: code, place, sentence, remedy."""
    start = Text("warning " if problem.severity == "warning" else "", SEVERITIES[problem.severity])
    place = f" {printable(problem.place)}:" if problem.place else ""
    return start + Text.assemble(
        (problem.code.id, SEVERITIES[problem.severity]),
        (place, "cyan"),
        f" {printable(problem.message)}",
        ("  →  ", "dim"),
        (printable(problem.advice), "green"),
    )


def refuse(path: str, problems: Iterable[Problem]) -> NoReturn:
    """Say that a configuration cannot be served, with every problem on a line of its own; exit status 1."""
    problems = tuple(problems)
    complain(refusal(path, problems, "cannot be served"), *map(line_of, problems))
    raise click.exceptions.Exit(1)


def refusal(path: str, problems: Sequence[Problem], outcome: str) -> Text:
    """The line above the problems of a configuration."""
    count = counted(sum(problem.severity == "error" for problem in problems), "problem")
    return Text.assemble(f"krakpy: the configuration {printable(path)} ", (outcome, "bold"), f" ({count})")


def counted(number: int, noun: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
