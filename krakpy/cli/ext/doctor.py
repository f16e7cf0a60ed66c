"""`krakpy ext doctor`: everything that is wrong, each with the one step that mends it."""
from __future__ import annotations

from collections.abc import Iterator

import click
from rich.text import Text

from krakpy.cli.documents import emit, listed
from krakpy.cli.ext.diagnosis import Diagnosis, diagnose
from krakpy.cli.ext.states import Explained
from krakpy.cli.options import config_option, json_option
from krakpy.cli.terminal import SEVERITIES, counted, say
from krakpy.errors import Problem
from krakpy.log_lines import printable


@click.command()
@config_option("Examine what this configuration uses; without it everything that is installed.")
@click.option("--states", "with_states", is_flag=True, help="Explain the state of each extension, well or not.")
@json_option("krakpy.ext.doctor/1")
def doctor(*, path: str | None, with_states: bool, as_json: bool) -> None:
    """Find everything that is wrong with extensions, and name the one step that mends each.

    Looks at metadata, names, gates, the lock file, contracts, and at the configuration; tries each extension in a
    process of its own, with its real settings; asks the gateway that serves the configuration now, if there is one, for
    quarantines and hosts. Exit status: 1 if there is an error, 0 if there are warnings at most.

    The object of --json: `file`, `ok`, `probed` (ids), `problems`, whose `remedy` is the step, and `states` (each with
    `id`, `state`, `meaning` and `remedy`, empty where nothing has to be done).
    """
    diagnosis = diagnose(path)
    if as_json:
        problems = listed(diagnosis.problems)
        told = {"probed": list(diagnosis.probed), "states": [state.as_dict() for state in diagnosis.states]}
        emit("krakpy.ext.doctor/1", file=path, ok=diagnosis.is_well, problems=problems, **told)
    else:
        say(*(_state(state) for state in diagnosis.states if with_states), *_lines(diagnosis))
    raise click.exceptions.Exit(0 if diagnosis.is_well else 1)


def _state(state: Explained) -> Text:
    line = Text.assemble((printable(state.id), "bold"), f"  {state.state}: {printable(state.meaning)}")
    return line + Text.assemble(("  →  ", "dim"), (printable(state.remedy), "green")) if state.remedy else line


def _lines(diagnosis: Diagnosis) -> Iterator[Text]:
    for problem in diagnosis.problems:
        yield from _told(problem)
    examined = f"{counted(len(diagnosis.probed), 'extension')} examined"
    errors = sum(problem.severity == "error" for problem in diagnosis.problems)
    if errors:
        yield Text(f"{examined}, {counted(errors, 'error')}", "bold red")
    else:
        yield Text(f"{examined}, no error", "green")


def _told(problem: Problem) -> Iterator[Text]:
    mark = "✗" if problem.severity == "error" else "!"
    style = SEVERITIES[problem.severity]
    yield Text.assemble((f"{mark} {problem.code.id}", style), "  ", (printable(problem.place), "cyan"))
    yield Text(f"  {printable(problem.message)}")
    yield Text.assemble(("  → ", "dim"), (printable(problem.advice), "green"))
