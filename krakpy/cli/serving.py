"""Starts the gateway: everything that can be decided before a worker exists is decided here, in the master.

    start("krakend.json", options=Options(), port=8080)
"""
from __future__ import annotations

import os

import msgspec

from krakpy.config.loading import Loaded, load
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError
from krakpy.extension.manager import tell_failures
from krakpy.extension.preparing import Options, Prepared, prepare
from krakpy.gateway import verify
from krakpy.lifespan import GatewayApp, tell
from krakpy.logs import configure
from krakpy.server.application import GRACEFUL_TIMEOUT_S, serve


def start(
    path: str, *, options: Options, port: int | None = None, workers: int | None = None, debug: bool = False
) -> None:
    """Load, prepare and serve a configuration; leaves by SystemExit, and with 1 if it cannot be served."""
    prepared = _prepared(path, options, debug=debug)
    tell(prepared.warnings)
    tell_failures(prepared.failures)
    _serve(prepared, address(prepared.settings, port), workers)


def address(settings: ServiceSettings, port: int | None = None) -> str:
    """Where to listen, as gunicorn writes it."""
    ip = settings.listen_ip or "0.0.0.0"
    host = f"[{ip}]" if ":" in ip else ip
    return f"{host}:{port or settings.port}"


def _prepared(path: str, options: Options, *, debug: bool) -> Prepared:
    try:
        loaded = load(path, os.environ)
        _log(loaded, debug=debug)
        settings = loaded.settings
        if debug:
            settings = msgspec.structs.replace(settings, debug_endpoint=True)
        verify(settings)
        return prepare(settings, environ=os.environ, options=options)
    except ConfigurationError as error:
        # PERF: rich takes 0.05 s to import, and a good start does not need it
        from krakpy.cli.terminal import refuse

        refuse(path, error.problems)


def _log(loaded: Loaded, *, debug: bool) -> None:
    configure(loaded.settings.logging, level="DEBUG" if debug else None, whole_process=True)
    tell(loaded.problems)


def _serve(prepared: Prepared, bind: str, workers: int | None) -> None:
    # NOTE: workers leave through these frames by SystemExit; there is nothing to clean up on their way
    grace_s = prepared.settings.shutdown_wait_s or GRACEFUL_TIMEOUT_S
    serve(lambda: GatewayApp(lambda: prepared), bind=bind, workers=workers, graceful_timeout_s=grace_s)
