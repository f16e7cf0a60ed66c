"""The gateway for any ASGI server: reads the configuration that `KRAKPY_CONFIG` names.

    KRAKPY_CONFIG=krakend.json gunicorn -k asgi krakpy.asgi:app

What the configuration alone can tell is told at import, so that the server refuses to start. Extensions are probed and
loaded in the worker that will run them, before its first request.
"""
from __future__ import annotations

import os
from collections.abc import Mapping

from krakpy.config.loading import load
from krakpy.errors import ConfigurationError
from krakpy.extension.preparing import Options, plan, prepare
from krakpy.gateway import verify
from krakpy.lifespan import GatewayApp, tell, told
from krakpy.logs import DefaultOptions, configure
from krakpy.server.siblings import siblings_ledger


def from_environment(environ: Mapping[str, str]) -> GatewayApp:
    """The application of the configuration that `KRAKPY_CONFIG` names; ConfigurationError if it may not be served."""
    path = environ.get("KRAKPY_CONFIG")
    if not path:
        raise RuntimeError("set KRAKPY_CONFIG to the path of the configuration")
    configure(DefaultOptions())
    options = Options(
        safe_mode=bool(environ.get("KRAKPY_SAFE_MODE")),
        ignore_missing=bool(environ.get("KRAKPY_IGNORE_MISSING_PLUGINS")),
    )
    try:
        loaded = load(path, environ)
        configure(loaded.settings.logging or DefaultOptions())
        verify(loaded.settings)
        _, refused = plan(loaded.settings, environ=environ, options=options)
        if refused and not options.ignore_missing:
            raise ConfigurationError(tuple(refused))
    except ConfigurationError as error:
        tell(error.problems)
        raise
    tell(loaded.problems)
    return GatewayApp(
        lambda: told(prepare(loaded.settings, environ=environ, options=options)),
        ledger=lambda: siblings_ledger(environ, path),
    )


app = from_environment(os.environ)
