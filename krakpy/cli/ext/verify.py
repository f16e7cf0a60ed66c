"""`krakpy ext verify`: is what is installed still what was locked?"""
from __future__ import annotations

from collections.abc import Iterator

import click
from rich.text import Text

from krakpy.cli.documents import emit, listed
from krakpy.cli.ext.locking import path_of, verified
from krakpy.cli.ext.source import settings_of
from krakpy.cli.options import config_option, json_option
from krakpy.cli.terminal import counted, line_of, say
from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.extension.catalog import read_catalog
from krakpy.extension.lock import LockError, read_lock
from krakpy.log_lines import printable


@click.command()
@config_option("Take the lock file of this configuration, and look for what it uses and the file does not list.")
@click.option("--lock", "lock_path", metavar="FILE", help="The lock file; else the configuration's, or krakpy.lock.")
@json_option("krakpy.ext.verify/1")
def verify(*, path: str | None, lock_path: str | None, as_json: bool) -> None:
    """Hash every file of what is locked again, and name each that has changed, is gone, or does not belong there.

    Nothing is imported and nothing is tried. Exit status: 0 everything is as locked, 1 it is not, or the lock file
    cannot be read.

    The object of --json: `file`, `lock` (its path), `ok`, and `distributions`, each with `name`, `ok` and `problems`.
    """
    settings = settings_of(path)
    target = path_of(path, settings, lock_path)
    try:
        found = list(verified(read_lock(target), settings, read_catalog()))
    except LockError as error:
        found = [(target, [Problem(Code.LOCK, target, str(error))])]
    is_good = not any(_is_bad(problems) for _, problems in found)
    if as_json:
        told = [{"name": name, "ok": not _is_bad(problems), "problems": listed(problems)} for name, problems in found]
        emit("krakpy.ext.verify/1", file=path, lock=target, ok=is_good, distributions=told)
    else:
        say(*(line for name, problems in found for line in _lines(name, problems)), _last(found))
    raise click.exceptions.Exit(0 if is_good else 1)


def _is_bad(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _lines(name: str, problems: list[Problem]) -> Iterator[Text]:
    mark = Text("✗ ", "bold red") if _is_bad(problems) else Text("✓ ", "green")
    yield mark + Text(printable(name), "bold")
    for problem in problems:
        yield Text("  ") + line_of(problem)


def _last(found: list[tuple[str, list[Problem]]]) -> Text:
    bad = sum(_is_bad(problems) for _, problems in found)
    what = f"{counted(len(found), 'distribution')} compared with the lock"
    return Text(f"{what}, {bad} not as locked", "bold red") if bad else Text(f"{what}, all as locked", "green")
