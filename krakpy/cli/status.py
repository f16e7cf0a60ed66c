"""`krakpy status`: how a running gateway is."""
from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from krakpy.cli.masters import PATIENCE_S, NoAnswer, asked, found, master_options
from krakpy.cli.options import json_option

WATCH_S = 1.0
WIDE = 500


@click.command()
@master_options
@click.option("-w", "--watch", is_flag=True, help="Show it anew each second, until SIGINT or the gateway's end.")
@json_option("krakpy.status/1")
def status(*, config: str | None, pid: int | None, control: str | None, watch: bool, as_json: bool) -> None:
    """Show how a running gateway is: its workers, its configuration, its last reload, and what does not serve.

    Exit status: 0 all is well, 1 the last reload was refused, an extension does not serve or is quarantined or a worker
    is missing, 2 the command line is wrong, 3 no such gateway is running or it does not answer.

    The object of --json (one a second with --watch, each on a line of its own): `pid`, `version`, `state` (`serving`,
    `reloading`, `stopping`), `started_at`, `uptime_s`, `generation`, `config` (`path`, `digest`, `loaded_at`),
    `listeners`, `workers_wanted`, `workers` (`pid`, `generation`, `next`, `state`, `uptime_s`, `restarts`,
    `last_death`), `extensions` (`id`, `state`, and `version`, `uses` or `place`, `code`, `message`, `remedy`), `reload`
    (the one under way), `last_reload`, `successor`, `hosts` (`id`, `instance`, `slot`, `pid`, `state`, `for_s`,
    `restarts`) and `instances` (`id`, `instance`, `version`, `place`, `state`, `for_s`, `until_s`, `quarantines`,
    `calls`, `mean_ms`, `errors`, `overruns`, `deaths`, `last_failure`). Times are seconds, moments seconds since 1970.
    """
    try:
        path = found(control=control, config=config, pid=pid, environ=os.environ)
        if watch:
            _watch(path, as_json=as_json)
        seen = _seen(path)
    except NoAnswer as error:
        click.echo(f"krakpy: {error}", err=True)
        raise click.exceptions.Exit(3) from None
    _show(seen, as_json=as_json)
    raise click.exceptions.Exit(0 if is_well(seen) else 1)


def is_well(status: Mapping[str, Any]) -> bool:
    """Whether nothing waits for the operator."""
    last, workers = status["last_reload"], status["workers"]
    serving = [one for one in workers if one["generation"] == status["generation"] and one["state"] != "draining"]
    return (
        (last is None or last["ok"])
        and all(extension["state"] == "loaded" for extension in status["extensions"])
        and all(instance["state"] == "active" for instance in status.get("instances", ()))
        and len(serving) >= status["workers_wanted"]
    )


def _seen(path: Path) -> dict[str, Any]:
    message = next(asked(path, "status", within_s=PATIENCE_S))
    return {key: value for key, value in message.items() if key not in ("control", "kind")}


def _show(seen: Mapping[str, Any], *, as_json: bool) -> None:
    # PERF: what shows it takes a while to import, and completion need not wait for it
    from krakpy.cli.documents import emit

    if as_json:
        emit(**seen)
    else:
        import sys

        from krakpy.cli.outcomes import status_view
        from krakpy.cli.terminal import console

        out = console(sys.stdout)
        # NOTE: who reads it through a pipe gets whole lines
        if not sys.stdout.isatty():
            out.width = WIDE
        out.print(status_view(seen))


def _watch(path: Path, *, as_json: bool) -> None:
    """Show it until somebody has seen enough; NotRunning when the gateway is gone."""
    import json
    import sys

    from rich.live import Live

    from krakpy.cli.outcomes import status_view
    from krakpy.cli.terminal import console

    try:
        if as_json:
            while True:
                click.echo(json.dumps(_seen(path)))
                time.sleep(WATCH_S)
        with Live(status_view(_seen(path)), console=console(sys.stdout), auto_refresh=False) as live:
            while True:
                time.sleep(WATCH_S)
                live.update(status_view(_seen(path)), refresh=True)
    except KeyboardInterrupt:
        raise click.exceptions.Exit(0) from None
