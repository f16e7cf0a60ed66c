"""`krakpy check-plugin`: KrakenD's command, told of packages: does what an extension needs fit what is installed?"""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from krakpy.cli.documents import emit
from krakpy.cli.ext.compatibility import Incompatibility, incompatibilities, libc
from krakpy.cli.ext.locking import verified
from krakpy.cli.ext.source import complete_id, named
from krakpy.cli.options import json_option
from krakpy.extension.catalog import Candidate, Catalog, read_catalog
from krakpy.extension.lock import LockError, read_lock
from krakpy.log_lines import printable


@click.command("check-plugin")
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete_id)
@click.option("-s", "--sum", "lock", metavar="FILE", help="A lock file to compare with; a go.sum is ignored.")
@click.option("-l", "--libc", "wanted_libc", metavar="NAME", help="The C library to expect: `GLIBC-2.36`.")
@click.option("-g", "--go", "go", metavar="VERSION", help="Ignored: extensions are not built with Go.")
@click.option("-f", "--format", "fixes", is_flag=True, help="Print the commands that mend it.")
@json_option("krakpy.check-plugin/1")
def check_plugin(*, ids: tuple[str, ...], lock: str | None, wanted_libc: str | None, go: str | None, fixes: bool,
                 as_json: bool) -> None:  # fmt: skip
    """Compare what installed extensions need with what this environment has: Python, contract, packages.

    KrakenD's command compares a plugin's go.sum with the gateway. Here packages say what they need in their metadata:
    without an ID those of everybody are compared. Nothing is imported. `krakpy ext doctor` looks at more.

    Exit status: 0 everything fits, 1 something does not.

    The object of --json: `ok`, `checked` (ids), `incompatibilities` (`name`, `have`, `want`, `fix`) and `ignored`.
    """
    catalog = read_catalog()
    checked = _checked(ids, catalog)
    ignored = [f"-g {go}: extensions are not built with Go"] if go else []
    ignored += [f"-s {lock}: a go.sum says nothing of packages"] if lock and _is_go_sum(lock) else []
    found = [*_libc(wanted_libc), *(each for candidate in checked for each in incompatibilities(candidate))]
    found += [] if lock is None or _is_go_sum(lock) else _locked(lock, catalog)
    found = list(dict.fromkeys(found))
    if as_json:
        told = {"incompatibilities": [each.as_dict() for each in found], "ignored": ignored}
        emit("krakpy.check-plugin/1", ok=not found, checked=sorted({candidate.id for candidate in checked}), **told)
    else:
        click.echo("".join(f"{line}\n" for line in ignored), err=True, nl=False)
        click.echo("\n".join(_lines(found, fixes=fixes)))
    raise click.exceptions.Exit(1 if found else 0)


def _checked(ids: tuple[str, ...], catalog: Catalog) -> list[Candidate]:
    if ids:
        return [candidate for id in ids for candidate in named(id, catalog)]
    return [candidate for candidate in catalog.candidates if candidate.distribution != "krakpy"]


def _is_go_sum(path: str) -> bool:
    return Path(path).name == "go.sum"


def _libc(wanted: str | None) -> Iterator[Incompatibility]:
    have = libc()
    if wanted and wanted.upper() != have:
        yield Incompatibility("libc", have, wanted, "run krakpy where that C library is")


def _locked(path: str, catalog: Catalog) -> list[Incompatibility]:
    """What is installed and not as a lock has it."""
    try:
        lock = read_lock(path)
    except LockError as error:
        raise click.BadParameter(str(error), param_hint="-s") from error
    return [
        Incompatibility(name, problem.message, lock.distributions[name].version, problem.advice)
        for name, problems in verified(lock, None, catalog)
        for problem in problems
        if problem.severity == "error"
    ]


def _lines(found: list[Incompatibility], *, fixes: bool) -> Iterator[str]:
    if not found:
        yield "No incompatibilities found!"
        return
    for each in found:
        yield each.fix if fixes else f"{printable(each.name)}\n\thave: {printable(each.have)}\n\twant: {each.want}"
    if not fixes:
        yield f"{len(found)} incompatibilities found" if len(found) > 1 else "1 incompatibility found"
