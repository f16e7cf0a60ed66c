"""Serves an ASGI application under gunicorn, in this very process: `krakpy run` is the master.

    serve(lambda: gateway(settings), bind="0.0.0.0:8080", workers=4)
"""
from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Mapping

from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from krakpy_sdk import ASGIApp

from krakpy import logs
from krakpy.server.arbiter import Arbiter
from krakpy.server.worker import Worker

LOG = logging.getLogger("krakpy.server")

BOOT_TIMEOUT_S = 10.0
GRACEFUL_TIMEOUT_S = 30.0


class GunicornLog(Logger):
    """What gunicorn itself says, through krakpy's own loggers; no access log of its own."""

    def setup(self, cfg: Config) -> None:
        self.cfg = cfg
        self.error_log = logging.getLogger("krakpy.gunicorn")
        self._access_log_enabled = False

    def reopen_files(self) -> None:
        """Nothing: there are no files."""


def serve(
    app_factory: Callable[[], ASGIApp],
    *,
    bind: str,
    workers: int | None = None,
    boot_timeout_s: float = BOOT_TIMEOUT_S,
    graceful_timeout_s: float = GRACEFUL_TIMEOUT_S,
    on_starting: Callable[[], None] | None = None,
    logger_class: type[Logger] = GunicornLog,
    settings: Mapping[str, object] | None = None,
) -> None:
    """Serve until a signal says otherwise; leaves by SystemExit, with 0 after SIGTERM, SIGINT and SIGQUIT.

    `app_factory` is called in each worker, after the fork. A worker may take `boot_timeout_s` until it serves, and
    `graceful_timeout_s` for the requests that are under way when it has to stop. `settings` are further settings of
    gunicorn (`keepalive`, `certfile` …) and overrule these.

    NOTE: workers leave by SystemExit too, through the caller's frames: keep no clean-up around this call.
    """
    usual: dict[str, object] = {
        "bind": bind,
        "workers": worker_count(workers),
        "graceful_timeout": math.ceil(graceful_timeout_s),
        "logger_class": logger_class,
        "worker_class": Worker,
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # a heartbeat must not wait for disks
        "proc_name": "krakpy",
        "asgi_loop": "uvloop",
        "asgi_lifespan": "on",
        "http_parser": "python",  # SECURITY: the one in C lets requests through that the one in Python refuses
        "control_socket_disable": True,
        "dirty_workers": 0,
    }
    if on_starting is not None:
        usual["on_starting"] = lambda _: on_starting()
    GatewayApplication(app_factory, {**usual, **(settings or {})}, boot_timeout_s=boot_timeout_s).run()


class GatewayApplication(BaseApplication):
    """An application for gunicorn that is configured by its caller alone: no files, no arguments, no environment."""

    def __init__(
        self, app_factory: Callable[[], ASGIApp], settings: Mapping[str, object], *, boot_timeout_s: float
    ) -> None:
        self._app_factory = app_factory
        self._settings = settings
        self._boot_timeout_s = boot_timeout_s
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> ASGIApp:
        return self._app_factory()

    def run(self) -> None:
        """Be the master."""
        try:
            Arbiter(self, boot_timeout_s=self._boot_timeout_s).run()
        except RuntimeError as error:  # gunicorn's word before it serves: a pidfile of a living process …
            logs.event(LOG, logging.CRITICAL, f"cannot start: {error}")
            raise SystemExit(1) from error


def worker_count(argument: int | None = None) -> int:
    """How many workers to run: the argument, else `WEB_CONCURRENCY`, else one for each core that this process may use.

    Raises ValueError for less than one.
    """
    wanted = argument if argument is not None else os.environ.get("WEB_CONCURRENCY") or usable_cores()
    count = int(wanted)
    if count < 1:
        raise ValueError(f"{count} workers cannot serve: there must be at least one")
    return count


def usable_cores() -> int:
    """The cores that this process may run on (those of the machine where nobody can tell)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
