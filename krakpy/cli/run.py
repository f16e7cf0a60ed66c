"""`krakpy run`: its words; what it does is in `serving`."""
from __future__ import annotations

import os

import click

from krakpy.cli.options import config_option, ignore_missing_option, ignore_unknown_option, required
from krakpy.collector import paused
from krakpy.server.control_paths import VARIABLE

CONCURRENCY = "WEB_CONCURRENCY"


@click.command()
@config_option()
@click.option("-p", "--port", type=click.IntRange(0, 65535), help="The TCP port, instead of the configuration's.")
@click.option("-d", "--debug", is_flag=True, help="Log everything, and serve /__debug/ too.")
@click.option(
    "--workers", type=click.IntRange(min=1), envvar=CONCURRENCY, show_envvar=True, help="Processes; else one a core."
)
@click.option("--safe-mode", is_flag=True, help="Import no third-party code; what needs it answers 503.")
@click.option(
    "--control", metavar="PATH", envvar=VARIABLE, show_envvar=True,
    help="The socket for `krakpy status` and `krakpy reload`, or `off`; else one in a folder of this user's own.",
)
@ignore_missing_option()
@ignore_unknown_option()
def run(
    *,
    path: str | None,
    port: int | None,
    debug: bool,
    workers: int | None,
    safe_mode: bool,
    control: str | None,
    ignore_missing: bool,
    ignore_unknown: bool,
) -> None:
    """Serve a configuration until a signal says otherwise.

    This process is gunicorn's master: SIGTERM stops it when every request is answered, SIGINT at once. SIGHUP takes
    over the configuration as it is then, or says why not and changes nothing; `krakpy reload` does that and waits.

    Extensions that the configuration uses are tried in processes of their own first. One that fails takes down what
    uses it (503) and nothing else. A configuration that cannot be served as it is written does not start.
    """
    path = required(path)
    if not os.environ.get(CONCURRENCY):
        # NOTE: gunicorn reads the variable when it is imported, and an empty one is an error to it
        os.environ.pop(CONCURRENCY, None)
    # PERF: gunicorn, falcon and the five seats take 0.2 s to import, which `krakpy --help` need not wait for
    with paused():
        from krakpy.cli.serving import start
        from krakpy.extension.preparing import Options

    options = Options(safe_mode=safe_mode, ignore_missing=ignore_missing, ignore_unknown=ignore_unknown)
    start(path, options=options, port=port, workers=workers, debug=debug, control=control)
