"""`krakpy ext sbom`: the bill of materials of a gateway's extensions."""
from __future__ import annotations

import json
from pathlib import Path

import click

from krakpy.cli.documents import emit, listed
from krakpy.cli.ext.bill import bill
from krakpy.cli.ext.inventory import Entry, take
from krakpy.cli.ext.locking import open_gates, without_lock
from krakpy.cli.ext.source import settings_of
from krakpy.cli.options import config_option, json_option
from krakpy.config.settings import ServiceSettings
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, read_catalog


@click.command()
@config_option("List what this configuration uses; without it every extension that is installed.")
@click.option("-o", "--output", metavar="FILE", help="Where it is written; else on standard output.")
@json_option("krakpy.ext.sbom/1")
def sbom(*, path: str | None, output: str | None, as_json: bool) -> None:
    """Write the software bill of materials of the extensions, and of all that they need, as CycloneDX 1.6 (JSON).

    Each distribution has its licence, its origin, the extensions that it offers and the digest of its RECORD, as the
    lock file has it. Environments of their own are listed too. The same installation gives the same text.

    Exit status: 0 it is written, 1 something that the configuration asks for is not installed.

    The object of --json: `file`, `ok`, `bom` (the document) and `problems`.
    """
    settings = settings_of(path)
    # NOTE: what is used is listed, whatever the gates say of it
    entries = take(read_catalog(), settings and without_lock(settings), open_gates()).entries
    missing = [entry.reason for entry in entries if entry.state == "not-installed" and entry.reason]
    document = bill(_listed(entries, settings))
    if as_json:
        emit("krakpy.ext.sbom/1", file=path, ok=not missing, bom=document, problems=listed(missing))
    else:
        _write(json.dumps(document, indent=2, sort_keys=True) + "\n", output)
        _complain(missing)
    raise click.exceptions.Exit(1 if missing else 0)


def _listed(entries: tuple[Entry, ...], settings: ServiceSettings | None) -> list[Candidate]:
    """The extensions that are meant: krakpy's own stand for krakpy itself."""
    return [entry.candidate for entry in entries if entry.candidate and (entry.uses or settings is None)]


def _write(text: str, output: str | None) -> None:
    if output:
        Path(output).write_text(text, "utf-8")
    else:
        click.echo(text, nl=False)


def _complain(missing: list[Problem]) -> None:
    # PERF: rich takes as long as all the rest, and a good bill does not need it
    from krakpy.cli.terminal import complain, line_of

    complain(*map(line_of, missing))
