"""Starts the gateway: everything that can be decided before a worker exists is decided here, in the master.

    start("krakend.json", options=Options(), port=8080)
"""
from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from krakpy import logs
from krakpy.cli.generations import Configuration
from krakpy.errors import ConfigurationError
from krakpy.extension.preparing import Options
from krakpy.server import control_paths
from krakpy.server.application import serve_generations

LOG = logging.getLogger("krakpy.server")


def start(
    path: str,
    *,
    options: Options,
    port: int | None = None,
    workers: int | None = None,
    debug: bool = False,
    control: str | None = None,
) -> None:
    """Load, prepare and serve a configuration; leaves by SystemExit, and with 1 if it cannot be served."""
    source = Configuration(path, options=options, port=port, debug=debug)
    try:
        first = source.first()
    except ConfigurationError as error:
        # PERF: rich takes 0.05 s to import, and a good start does not need it
        from krakpy.cli.terminal import refuse

        refuse(path, error.problems)
    # NOTE: workers leave through these frames by SystemExit; there is nothing to clean up on their way
    serve_generations(
        first, source, workers=workers, control=control_path(control, os.environ), ledger=source.ledger
    )


def control_path(wanted: str | None, environ: Mapping[str, str]) -> Path | None:
    """Where the control socket is to be; None for nowhere, which is said unless it was asked for."""
    if wanted is not None:
        return None if wanted == control_paths.OFF else Path(os.path.abspath(wanted))
    try:
        control_paths.private_folder(environ)
        control_paths.tidy(environ)
    except OSError as error:
        logs.event(
            LOG, logging.WARNING, "there is no place for a control socket: no `krakpy status`, no `krakpy reload`",
            error=str(error), remedy="name one with --control PATH, or say --control off",
        )
        return None
    return control_paths.default(environ, os.getpid())
