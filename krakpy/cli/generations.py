"""Where the generations of `krakpy run` come from: the configuration as it is at that moment.

    source = Configuration("krakend.json", options=Options())
    serve_generations(source.first(), source)
"""
from __future__ import annotations

import importlib
import os
import pickle
from collections.abc import Iterator
from contextlib import suppress

from krakpy.cli.hosting import Hosting
from krakpy.cli.reading import Reading, outdated, read
from krakpy.cli.trial import found_by_building
from krakpy.codes import Code
from krakpy.collector import paused, settle
from krakpy.config.loading import Loaded
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.ledger import Ledger
from krakpy.extension.manager import tell_failures
from krakpy.extension.needs import Failure
from krakpy.extension.preparing import Options, Prepared
from krakpy.extension.records import spared
from krakpy.extension.seating import SEATS, is_own
from krakpy.extension.shared_folder import SharedFolder
from krakpy.extension.supervisor import Supervisor
from krakpy.lifespan import GatewayApp, tell
from krakpy.logs import configure
from krakpy.server.generation import GRACEFUL_TIMEOUT_S, Generation, Refusal, Source
from krakpy.server.limits import limits_of
from krakpy.server.tls import shown


class Configuration:
    """A file, and what the command line says about it."""

    def __init__(self, path: str, *, options: Options, port: int | None = None, debug: bool = False) -> None:
        self._path = path
        self._options = options
        self._port = port
        self._debug = debug
        self._known: frozenset[tuple[str, str]] = frozenset()
        self._hosting = Hosting()
        #: of this master, through all its generations
        self.ledger = Ledger.create()

    def first(self) -> Generation:
        """The generation to start with; ConfigurationError if there can be none. Its warnings are logged."""
        with paused():
            reading = read(
                self._path, options=self._options, environ=os.environ, debug=self._debug, when_loaded=self._log_as
            )
            settle()
        self._known = _broken(reading)
        _tell(reading)
        generation = self._of(reading)
        self._hosting.adopt()
        return generation

    def read(self) -> bytes:
        """The reading or the problems, pickled.

        NOTE: third-party code runs in children of this child only, which do not have the pipe to the master.
        """
        importlib.invalidate_caches()
        old = tuple(outdated())
        if old:
            return pickle.dumps(old)
        try:
            with paused():
                found = read(
                    self._path, options=self._options, environ=os.environ, debug=self._debug, when_loaded=self._log_as
                )
        except ConfigurationError as error:
            return pickle.dumps(error.problems)
        return pickle.dumps(found)

    def generation(self, content: bytes, running: Generation) -> Generation:
        with paused():
            found = pickle.loads(content)
        if not isinstance(found, Reading):
            raise Refusal(tuple(found))
        following = self._of(found)
        worse = (failure.problem for failure in found.broken if _key(failure) not in self._known)
        refused = (*worse, *_immovable(running, following))
        if refused:
            raise Refusal(refused)
        # PERF: the workers to come share with the master what is never looked at again
        settle()
        return following

    def _of(self, reading: Reading) -> Generation:
        prepared = reading.prepared
        _import_own(prepared)
        supervisor = self._hosting.supervisor(prepared)

        def adopt() -> None:
            self._known = _broken(reading)
            self._hosting.adopt()
            configure(prepared.settings.logging, level="DEBUG" if self._debug else None, whole_process=True)
            _tell(reading)

        def app() -> GatewayApp:
            # NOTE: the master has seen other folders, and its log is still that of the generation before
            importlib.invalidate_caches()
            configure(prepared.settings.logging, level="DEBUG" if self._debug else None, whole_process=True)
            return GatewayApp(lambda: prepared, hosts=supervisor.hosts, ledger=lambda: self.ledger, when_open=settle)

        return Generation(
            app_factory=app,
            bind=address(prepared.settings, self._port),
            graceful_timeout_s=prepared.settings.shutdown_wait_s or GRACEFUL_TIMEOUT_S,
            limits=limits_of(prepared.settings.listener),
            tls=prepared.settings.listener.tls,
            settings={**shown(prepared.settings.listener.tls), **_with(supervisor, self._hosting)},
            facts=reading.facts(),
            # NOTE: what is broken in the running gateway already refuses nothing
            rehearse=lambda: found_by_building(spared(prepared, self.ledger)),
            adopt=adopt,
            tend=self._hosting.tend,
            drop=lambda: self._hosting.drop(supervisor),
            hosts=supervisor.status,
        )

    def _log_as(self, loaded: Loaded) -> None:
        configure(loaded.settings.logging, level="DEBUG" if self._debug else None, whole_process=True)


def address(settings: ServiceSettings, port: int | None = None) -> str:
    """Where to listen, as gunicorn writes it."""
    ip = settings.listen_ip or "0.0.0.0"
    host = f"[{ip}]" if ":" in ip else ip
    return f"{host}:{port or settings.port}"


def _import_own(prepared: Prepared) -> None:
    """Import krakpy's own parts before the fork.

    A worker that is started after krakpy was upgraded on disk is of one version with its master then. PERF: they are
    imported once and not by every worker, which is ready sooner.
    """
    admitted = (admission.candidate for admission in prepared.admissions)
    seated = (candidate for candidate in prepared.catalog.candidates if candidate.family in SEATS)
    for candidate in {one.entry_point: one for one in (*admitted, *seated) if is_own(one.id)}.values():
        with suppress(ImportError):  # NOTE: a worker says so, and dies of it
            candidate.entry_point.load()


def _with(supervisor: Supervisor, hosting: Hosting) -> dict[str, object]:
    """What gunicorn is told, so that there are hosts before there is a worker, and none after the last."""

    def leave(_: object) -> None:
        hosting.stop()
        SharedFolder(os.getpid()).close()

    return {"pre_fork": lambda _, __: supervisor.start(), "on_exit": leave}


def _tell(reading: Reading) -> None:
    tell(reading.warnings)
    tell(reading.prepared.warnings)
    tell_failures(reading.prepared.failures)


def _broken(reading: Reading) -> frozenset[tuple[str, str]]:
    """The failures of extensions that the gateway serves with: a reload that meets them again makes nothing worse."""
    return frozenset(_key(failure) for failure in reading.broken)


def _key(failure: Failure) -> tuple[str, str]:
    # NOTE: not its place, which is another one as soon as an endpoint is put before it
    return failure.need.name, failure.problem.code.id


def _immovable(running: Generation, following: Generation) -> Iterator[Problem]:
    if running.bind != following.bind:
        message = f"a reload cannot listen on {following.bind} instead of {running.bind}"
        remedy = "Stop the gateway and start it again, or take the change back."
        yield Problem(Code.NEEDS_RESTART, "port", message, remedy)


_configuration: type[Source] = Configuration
