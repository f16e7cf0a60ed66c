"""`krakpy check`: its words; what it does is in `checking`."""
from __future__ import annotations

import click

from krakpy.cli.options import config_option, json_option, required


@click.command()
@config_option()
@click.option("-l", "--lint", is_flag=True, help="Refuse too what KrakenD accepts in another type than documented.")
@click.option("-n", "--lint-no-network", is_flag=True, help="The same as -l: krakpy needs no network for it.")
@click.option("-s", "--lint-schema", "schema", metavar="FILE", help="Refuse too what breaks this JSON Schema.")
@click.option("-t", "--test", "--test-gin-routes", is_flag=True, help="Try the extensions, build every route.")
@click.option("-d", "--debug", "detail", count=True, help="Print what was understood; -dd prints every setting.")
@click.option("-i", "--indent", default="\t", show_default="a tab", help="What -d sets its lines in with.")
@json_option("krakpy.check/1")
def check(
    *, path: str | None, lint: bool, lint_no_network: bool, schema: str | None,
    test: bool, detail: int, indent: str, as_json: bool,
) -> None:
    """Say whether a configuration can be served, and everything that is wrong with it in one run.

    Every key, value, name and gate is looked at, always: an unknown key is an error without -l. Nothing is imported
    here: settings of krakpy's own components are read in processes of their own; -t tries extensions of others in such
    processes too, with their real settings, and builds the routes in another.

    -l refuses everything that the JSON Schema of `krakpy schema` forbids; -s takes a schema of your own, for which the
    package jsonschema has to be installed. Of -l, -n and -s there can be one.

    Exit status: 0 it can be served, 1 it cannot. `krakpy validate` is the same command.

    -d shows too where each hook runs, and how deep each backend's answers are opened (`opens`); third parties are asked
    for that in processes of their own. The object of --json: `file`, `ok`, `tested` (whether -t looked at it),
    `problems`, and with -d `configuration`, `hooks` (by a hook's place: `inproc`, `process` or `venv` with its
    interpreter) and `opens` (by a backend's place: `paths`, null for everything and `because` of whom, and those of
    them that are opened `whole`).
    """
    path = required(path)
    if (lint, lint_no_network, schema is not None).count(True) > 1:
        raise click.UsageError("-l, -n and -s exclude one another")
    # PERF: what reads configurations takes 0.15 s to import, which `krakpy --help` need not wait for
    from krakpy.cli.checking import examine
    from krakpy.cli.verdict import show, show_json

    if not as_json:
        click.echo(f"Parsing configuration file: {path}")
    findings = examine(path, lint=lint or lint_no_network, schema=schema, test=test)
    if as_json:
        show_json(findings, detail)
    else:
        show(findings, detail, indent.replace("\\t", "\t"))
    raise click.exceptions.Exit(0 if findings.is_good else 1)
