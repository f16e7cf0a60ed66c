"""`krakpy test-plugin`: KrakenD's command, told of packages: does an extension load, and is it of the kind named?"""
from __future__ import annotations

import time
from typing import NoReturn

import click

from krakpy.cli.options import completed_id, json_option

#: the kinds, in the order in which KrakenD tries them
KINDS = ("SERVER", "MODIFIER", "CLIENT", "MIDDLEWARE")


@click.command("test-plugin")
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=completed_id)
@click.option("-s", "--server", "SERVER", is_flag=True, help="It has `http_request` or `http_response`.")
@click.option("-m", "--modifier", "MODIFIER", is_flag=True, help="It has hooks of endpoints or backends.")
@click.option("-c", "--client", "CLIENT", is_flag=True, help="It has `execute`.")
@click.option("-w", "--middleware", "MIDDLEWARE", is_flag=True, help="It is a middleware.")
@json_option("krakpy.test-plugin/1")
def test_plugin(*, ids: tuple[str, ...], as_json: bool, **kinds: bool) -> None:
    """Import installed extensions in processes of their own, and say whether each is of the kind that is named.

    KrakenD's command takes the paths of shared objects; here they are ids (`krakpy ext list`). There may be several
    kinds; each extension is tried as each. `krakpy ext probe` says more, and `krakpy ext test` sends a request.

    Exit status: 0 all of them load and are of their kind, 1 one is not, or the command line is not complete.

    The object of --json: `ok`, `took_s` and `outcomes` (`kind`, `name`, `ok`, `why`).
    """
    wanted = [kind for kind in KINDS if kinds[kind]]
    if not ids:
        _refuse("At least one plugin is required.")
    if not wanted:
        _refuse("You must declare the expected type of the plugin.")
    # PERF: who asks for `krakpy --help` need not wait for what reads metadata and starts processes
    from krakpy.cli.documents import emit
    from krakpy.cli.ext.plugin_kinds import line_of, outcomes_of, summary
    from krakpy.extension.catalog import read_catalog

    began, catalog = time.monotonic(), read_catalog()
    outcomes = [outcome for id in ids for outcome in outcomes_of(id, wanted, catalog)]
    failed = len({outcome.name for outcome in outcomes if outcome.why})
    took_s = time.monotonic() - began
    if as_json:
        told = [{"kind": o.kind, "name": o.name, "ok": not o.why, "why": o.why} for o in outcomes]
        emit("krakpy.test-plugin/1", ok=not failed, took_s=round(took_s, 3), outcomes=told)
    else:
        click.echo("\n".join([*map(line_of, outcomes), *summary(len(ids), failed, took_s)]))
    raise click.exceptions.Exit(1 if failed else 0)


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise click.exceptions.Exit(1)
