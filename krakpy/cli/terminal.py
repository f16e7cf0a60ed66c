"""What people see: problems on a line each, tables, colour on a terminal that wants it.

    say(Text("Syntax OK!", "green"))
    refuse("krakend.json", error.problems)       # exit status 1

PERF: importing rich takes as long as everything else that `krakpy run` does before it reads its file, so commands that
need it only when something is wrong import this module then.
"""
from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import NoReturn, TextIO

import click
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from krakpy.errors import Problem
from krakpy.log_lines import printable
from krakpy.logs import wants_colour

#: where nobody looks at the output line by line, no cell is folded or cut
WIDE = 100_000

SEVERITIES = {"error": "bold red", "warning": "bold yellow"}


def console(stream: TextIO) -> Console:
    """A console on a stream: colours where they are wanted, the terminal's width where there is one."""
    return Console(
        file=stream,
        color_system="auto" if wants_colour(stream) else None,
        width=None if stream.isatty() else WIDE,
        markup=False,
        highlight=False,
        emoji=False,
    )


def say(*lines: RenderableType) -> None:
    """Print on standard output."""
    _print(sys.stdout, lines)


def complain(*lines: RenderableType) -> None:
    """Print on standard error."""
    _print(sys.stderr, lines)


def _print(stream: TextIO, lines: Iterable[RenderableType]) -> None:
    out = console(stream)
    for line in lines:
        # NOTE: a sentence is left as it is, so that it can be copied whole; a table knows the terminal's width
        out.print(line, soft_wrap=not isinstance(line, Table))


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
    complain(refusal(path, problems), *map(line_of, problems))
    raise click.exceptions.Exit(1)


def refusal(path: str, problems: Sequence[Problem]) -> Text:
    """The line above the problems of a configuration."""
    count = counted(sum(problem.severity == "error" for problem in problems), "problem")
    return Text.assemble(f"krakpy: the configuration {printable(path)} ", ("cannot be served", "bold"), f" ({count})")


def counted(number: int, noun: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def table(*columns: str) -> Table:
    """A table without frames, which reads as well in a pipe as on a terminal."""
    made = Table(box=box.SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False, header_style="bold", expand=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made
