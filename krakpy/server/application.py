"""Serves an ASGI application under gunicorn, in this very process: `krakpy run` is the master.

    serve(lambda: gateway(settings), bind="0.0.0.0:8080", workers=4)
"""
from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from krakpy_sdk import ASGIApp

from krakpy import logs
from krakpy.config.model import Tls
from krakpy.extension.ledger import Ledger
from krakpy.extension.ledger_watch import Watch
from krakpy.server.arbiter import Arbiter
from krakpy.server.generation import GRACEFUL_TIMEOUT_S, Fixed, Generation, Source
from krakpy.server.limits import Limits
from krakpy.server.worker import Worker

LOG = logging.getLogger("krakpy.server")

BOOT_TIMEOUT_S = 10.0


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
    limits: Limits | None = None,
    control: Path | None = None,
) -> None:
    """Serve one application until a signal says otherwise; leaves by SystemExit, with 0 after SIGTERM, SIGINT, SIGQUIT.

    `app_factory` is called in each worker, after the fork. A worker may take `boot_timeout_s` until it serves, and
    `graceful_timeout_s` for the requests that are under way when it has to stop. `limits` are what clients may send.
    `settings` are further settings of gunicorn (`certfile`, `max_requests` …) and overrule these. `control` is the path
    of the control socket, if there is to be one.
    """
    more: dict[str, object] = {"logger_class": logger_class, **(settings or {})}
    if on_starting is not None:
        more.setdefault("on_starting", lambda _: on_starting())
    generation = Generation(
        app_factory=app_factory,
        bind=bind,
        graceful_timeout_s=graceful_timeout_s,
        limits=limits or Limits(),
        settings=more,
    )
    serve_generations(generation, Fixed(), workers=workers, boot_timeout_s=boot_timeout_s, control=control)


def serve_generations(
    first: Generation,
    source: Source,
    *,
    workers: int | None = None,
    boot_timeout_s: float = BOOT_TIMEOUT_S,
    control: Path | None = None,
    ledger: Ledger | None = None,
) -> None:
    """Serve a generation, and after each reload the one that `source` has then; leaves by SystemExit as `serve` does.

    NOTE: workers leave by SystemExit too, through the caller's frames: keep no clean-up around this call.
    """
    count = worker_count(workers)
    try:
        app = GatewayApplication.of(first, count)
    except ValueError as error:
        logs.event(LOG, logging.CRITICAL, f"cannot start: {error}")
        raise SystemExit(1) from error
    arbiter = Arbiter(
        app,
        first,
        source=source,
        application=lambda generation: GatewayApplication.of(generation, count),
        boot_timeout_s=boot_timeout_s,
        boots_at_once=usable_cores(),
        control=control,
        watch=None if ledger is None else Watch(ledger),
    )
    try:
        arbiter.run()
    except RuntimeError as error:  # gunicorn's word before it serves: a pidfile of a living process …
        logs.event(LOG, logging.CRITICAL, f"cannot start: {error}")
        raise SystemExit(1) from error


class GatewayApplication(BaseApplication):
    """An application for gunicorn that is configured by its caller alone: no files, no arguments, no environment."""

    def __init__(
        self,
        app_factory: Callable[[], ASGIApp],
        settings: Mapping[str, object],
        limits: Limits | None = None,
        tls: Tls | None = None,
    ) -> None:
        #: for the worker; without `tls` it asks gunicorn's settings
        self.limits = limits or Limits()
        self.tls = tls
        self._app_factory = app_factory
        self._settings = settings
        super().__init__()

    @classmethod
    def of(cls, generation: Generation, workers: int) -> Self:
        """The application of a generation; ValueError for settings that gunicorn does not have so."""
        usual: dict[str, object] = {
            "bind": generation.bind,
            "workers": workers,
            "graceful_timeout": math.ceil(generation.graceful_timeout_s),
            "logger_class": GunicornLog,
            "worker_class": Worker,
            "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # a heartbeat waits for no disk
            "proc_name": "krakpy",
            "control_socket_disable": True,  # krakpy has its own
            "dirty_workers": 0,
            "post_fork": leave,
        }
        return cls(generation.app_factory, {**usual, **generation.settings}, generation.limits, generation.tls)

    def do_load_config(self) -> None:
        """Configure. NOTE: gunicorn would print an error and end the process, which may be a master in a reload."""
        self.load_default_config()
        self.load_config()
        self.cfg.validate()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> ASGIApp:
        return self._app_factory()


def leave(arbiter: Arbiter, _: Worker) -> None:
    """In a new worker: let go of what is its master's alone."""
    arbiter.leave()


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
