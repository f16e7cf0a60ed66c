"""`krakpy test-plugin`: KrakenD's command, told of packages: does an extension load, and is it of the kind named?"""
from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import click

from krakpy.cli.documents import emit
from krakpy.cli.ext.source import complete_id
from krakpy.cli.ext.verdicts import judged
from krakpy.cli.options import json_option
from krakpy.extension.catalog import Catalog, read_catalog
from krakpy.extension.probe import Job, Verdict
from krakpy.extension.seating import SEATS
from krakpy.log_lines import printable

#: what KrakenD calls the kinds, in the order in which it tries them, and the hooks that are each one's counterpart
KINDS = {
    "SERVER": ("http_request", "http_response"),
    "MODIFIER": ("endpoint_request", "endpoint_response", "backend_request", "backend_response"),
    "CLIENT": ("execute",),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one extension as one kind."""

    kind: str
    name: str
    why: str = ""
    """Empty: it loads."""


@click.command("test-plugin")
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete_id)
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
    wanted = [kind for kind in (*KINDS, "MIDDLEWARE") if kinds[kind]]
    if not ids:
        _refuse("At least one plugin is required.")
    if not wanted:
        _refuse("You must declare the expected type of the plugin.")
    began, catalog = time.monotonic(), read_catalog()
    outcomes = [outcome for id in ids for outcome in _outcomes(id, wanted, catalog)]
    failed = len({outcome.name for outcome in outcomes if outcome.why})
    took_s = time.monotonic() - began
    if as_json:
        told = [{"kind": o.kind, "name": o.name, "ok": not o.why, "why": o.why} for o in outcomes]
        emit("krakpy.test-plugin/1", ok=not failed, took_s=round(took_s, 3), outcomes=told)
    else:
        click.echo("\n".join([*map(_line, outcomes), *_summary(len(ids), failed, took_s)]))
    raise click.exceptions.Exit(1 if failed else 0)


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise click.exceptions.Exit(1)


def _outcomes(id: str, wanted: list[str], catalog: Catalog) -> Iterator[Outcome]:
    found = [candidate for candidate in catalog.candidates if id in (candidate.id, candidate.name)]
    if len({candidate.id for candidate in found}) != 1:
        why = "several packages offer it: write distribution/name" if found else "it is not installed: pip install it"
        yield Outcome("", id, why)
        return
    verdicts = judged([Job(candidate) for candidate in found], catalog)
    for kind in wanted:
        yield Outcome(kind, found[0].id, _why(kind, verdicts))


def _why(kind: str, verdicts: tuple[Verdict, ...]) -> str:
    for verdict in verdicts:
        if verdict.problems:
            return f"{verdict.problems[0].code.id} {verdict.problems[0].message}"
        if kind == "MIDDLEWARE" and verdict.candidate.family in SEATS:
            return ""
        if set(verdict.hooks) & set(KINDS.get(kind, ())):
            return ""
    if kind == "MIDDLEWARE":
        return f"it is no middleware, but one of {verdicts[0].candidate.entry_point.group}"
    return f"it has none of the hooks {', '.join(KINDS[kind])}"


def _line(outcome: Outcome) -> str:
    if not outcome.kind:
        return f"[KO] Unable to open the plugin {printable(outcome.name)}: {outcome.why}"
    name = f"{outcome.kind}\t{printable(outcome.name)}"
    return f"[KO] {name}: {printable(outcome.why)}" if outcome.why else f"[OK] {name}"


def _summary(count: int, failed: int, took_s: float) -> Iterator[str]:
    if failed:
        yield f"[KO] {count} tested plugin(s) in {took_s:.3f}s."
        yield f"{failed} plugin(s) failed."
    else:
        yield f"[OK] {count} tested plugin(s) in {took_s:.3f}s"
