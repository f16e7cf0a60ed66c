"""`krakpy ext lock`: writes down what may load, as it is now."""
from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import click
import msgspec
from rich.text import Text

from krakpy.cli.documents import emit, listed
from krakpy.cli.ext.locking import Planned, path_of, plan_lock
from krakpy.cli.ext.source import settings_of
from krakpy.cli.options import config_option, json_option
from krakpy.cli.terminal import complain, counted, line_of, say
from krakpy.extension.catalog import read_catalog
from krakpy.extension.lock import Distribution, Lock, LockError, read_lock
from krakpy.log_lines import printable


@click.command()
@config_option("Lock what this configuration uses; without it everything of third parties that is installed.")
@click.option("-o", "--output", metavar="FILE", help="The lock file; else the configuration's own, or krakpy.lock.")
@click.option("--check", is_flag=True, help="Write nothing; say whether the file is what would be written.")
@click.option("--editable", is_flag=True, help="Lock by name alone what is installed with pip install -e.")
@json_option("krakpy.ext.lock/1")
def lock(*, path: str | None, output: str | None, check: bool, editable: bool, as_json: bool) -> None:
    """Write the lock file: what may load, the hashes of its files and of all that it needs, and what a probe found.

    Each extension is tried in a process of its own, with its real settings; what fails is not locked, and then nothing
    is written. A gateway whose configuration says `"plugin": {"lock": "krakpy.lock"}` imports nothing of third parties
    that is not in the file or differs from it, and tries again only what is used in another way.

    Exit status: 0 the file is written, or is as it would be (--check); 1 it is not.

    The object of --json: `file`, `lock` (its path), `ok`, `written`, `changes` (lines) and `problems`.
    """
    settings = settings_of(path)
    target = path_of(path, settings, output)
    planned = plan_lock(settings, read_catalog(), editable=editable)
    before = _before(target)
    changes = _compared(before, planned.lock) if check else list(_changes(before, planned.lock))
    is_good = not planned.problems and not (check and (changes or before is None))
    if is_good and not check:
        Path(target).write_text(planned.lock.text, "utf-8")
    if as_json:
        written = is_good and not check
        told = {"changes": changes, "problems": listed(planned.problems)}
        emit("krakpy.ext.lock/1", file=path, lock=target, ok=is_good, written=written, **told)
    else:
        _show(target, planned, changes, check=check, is_good=is_good)
    raise click.exceptions.Exit(0 if is_good else 1)


def _before(path: str) -> Lock | None:
    try:
        return read_lock(path)
    except LockError:
        return None


def _changes(before: Lock | None, after: Lock) -> Iterator[str]:
    """What is new, gone and different, a line each."""
    old = before.distributions if before else {}
    for name in sorted({*old, *after.distributions}):
        was, now = old.get(name), after.distributions.get(name)
        if was is None and now is not None:
            yield f"+ {name} {now.version} ({', '.join(now.extensions)})"
        elif now is None and was is not None:
            yield f"- {name} {was.version}"
        elif was is not None and now is not None and was != now:
            yield f"~ {name} {_between(was, now)}"


def _between(was: Distribution, now: Distribution) -> str:
    if was.version != now.version:
        return f"{was.version} → {now.version}"
    if was.record != now.record:
        return f"{now.version}: other files"
    return f"{now.version}: what it needs" if was.needs != now.needs else f"{now.version}: what a probe found"


def _compared(before: Lock | None, after: Lock) -> list[str]:
    """The lines in which a lock differs from what would be written; where a probe took place counts for nothing."""
    old, new = (_anywhere(lock).text.splitlines() for lock in (before or Lock(), after))
    return list(unified_diff(old, new, "locked", "installed", lineterm="", n=2))


def _anywhere(lock: Lock) -> Lock:
    replaced = msgspec.structs.replace
    return Lock(distributions={
        key: replaced(entry, extensions={
            name: replaced(extension, probe=replaced(extension.probe, where=""))
            for name, extension in entry.extensions.items()
        })
        for key, entry in lock.distributions.items()
    })  # fmt: skip


def _show(target: str, planned: Planned, changes: list[str], *, check: bool, is_good: bool) -> None:
    complain(*map(line_of, planned.problems))
    say(*(Text(printable(line)) for line in changes))
    extensions = sum(len(entry.extensions) for entry in planned.lock.distributions.values())
    what = f"{counted(extensions, 'extension')} of {counted(len(planned.lock.distributions), 'distribution')}"
    if is_good:
        say(Text(f"{printable(target)}: {what}, {'as locked' if check else 'locked'}", "green"))
    else:
        say(Text(f"{printable(target)} is {'not what is installed' if check else 'not written'}", "bold red"))
