"""`krakpy reload`: has a running gateway take over its configuration as it is now, and says what came of it."""
from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from krakpy.cli.masters import NoAnswer, asked, found, master_options
from krakpy.cli.options import json_option

WORDS = {
    "waiting": "waiting for the reload before this one",
    "checking": "checking the configuration and its extensions",
    "rehearsing": "building every route in a child",
    "booting": "starting new workers",
}


@click.command()
@master_options
@click.option(
    "--timeout", "timeout_s", type=click.FloatRange(min=0, min_open=True), default=300.0, show_default=True,
    metavar="SECONDS", help="How long to wait for the outcome.",
)
@json_option("krakpy.reload/1")
def reload(*, config: str | None, pid: int | None, control: str | None, timeout_s: float, as_json: bool) -> None:
    """Take over the configuration of a running gateway as it is now, without losing a request.

    The gateway checks the file and its extensions, builds every route in a child, and starts new workers beside the old
    ones. When all of them are ready, the old ones finish their requests and go. Whatever goes wrong before that, the
    new workers go instead, and everything is served as before.

    Exit status: 0 the new configuration is served, 1 it is not, and the reasons are printed, 2 the command line is
    wrong, 3 no such gateway is running or it does not answer in time (then the reload goes on).

    The object of --json: `ok`, `number` (the attempt), `generation` (what serves now), `phase` (how far it came), `by`,
    `at`, `took_s`, `problems` and `more_problems` (how many are not listed); or `ok` and `error` with exit status 3.
    """
    try:
        path = found(control=control, config=config, pid=pid, environ=os.environ)
        outcome: Mapping[str, Any] = {}
        for message in asked(path, "reload", within_s=timeout_s):
            outcome = message
            if message["kind"] == "progress" and not as_json:
                _show_progress(message)
    except NoAnswer as error:
        _end_unanswered(error, as_json=as_json)
    _show(outcome, as_json=as_json)
    raise click.exceptions.Exit(0 if outcome["ok"] else 1)


def _show_progress(message: Mapping[str, Any]) -> None:
    if sys.stderr.isatty():
        click.echo(f"… {WORDS.get(message['phase'], message['phase'])}", err=True)


def _end_unanswered(error: NoAnswer, *, as_json: bool) -> None:
    if as_json:
        # PERF: what prints JSON and problems takes a while to import, and completion need not wait for it
        from krakpy.cli.documents import emit

        emit("krakpy.reload/1", ok=False, error=str(error))
    click.echo(f"krakpy: {error}", err=True)
    raise click.exceptions.Exit(3)


def _show(outcome: Mapping[str, Any], *, as_json: bool) -> None:
    from krakpy.cli.documents import emit
    from krakpy.cli.outcomes import show_outcome

    if as_json:
        emit("krakpy.reload/1", **{key: value for key, value in outcome.items() if key not in ("control", "kind")})
    else:
        show_outcome(outcome)
