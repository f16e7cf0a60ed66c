"""gunicorn's master, which no worker can stop: it replaces what served, and is patient with what does not start.

    Arbiter(application, boot_timeout_s=10.0).run()

Written against gunicorn 27; `tests/server/test_gunicorn_internals.py` says what of its inside is relied on.
"""
from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from typing import NamedTuple, cast

import gunicorn.arbiter
from gunicorn import systemd
from gunicorn.app.base import BaseApplication
from gunicorn.sock import BaseSocket, TCP6Socket, TCPSocket, UnixSocket

from krakpy import logs
from krakpy.server.worker import Worker

LOG = logging.getLogger("krakpy.server")

BACKOFF_FIRST_S = 0.1
BACKOFF_MOST_S = 30.0

Address = tuple[str, int] | str | int
"""Host and port, the path of a unix socket, or the number of a descriptor."""


class Arbiter(gunicorn.arbiter.Arbiter):
    """Keeps as many workers as it should have, whatever they die of.

    One that was ready is replaced at once. One that dies before it is ready, or is not ready within `boot_timeout_s`,
    is replaced with back-off: 0.1 s, doubled each time up to 30 s; a worker that becomes ready in its place ends that.
    """

    # SECURITY: stock gunicorn ends the service when a worker exits with 3 or 4, which any code in a worker can do.
    # `reap_workers` knows no such codes; these are beyond 255, so that even gunicorn's own could never see them.
    WORKER_BOOT_ERROR = 0x100 | 70
    APP_LOAD_ERROR = 0x100 | 78

    def __init__(self, app: BaseApplication, *, boot_timeout_s: float) -> None:
        self._boot_timeout_s = boot_timeout_s
        self._vacancies = Vacancies()
        super().__init__(app)

    def start(self) -> None:
        """Listen, once: gunicorn would try five times, a second and two lines of log each."""
        inherited = "GUNICORN_FD" in os.environ or systemd.listen_fds(unset_environment=False)
        if not inherited and not any(isinstance(address, int) for address in self.cfg.address):
            self.LISTENERS.extend(self._listen(address) for address in self.cfg.address)
        super().start()

    def _listen(self, address: Address) -> BaseSocket:
        try:
            return socket_class(address)(address, self.cfg, self.log)
        except (OSError, ValueError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            logs.event(LOG, logging.CRITICAL, f"cannot listen on {address_text(address)}: {reason}")
            raise SystemExit(1) from error

    def wait_for_signals(self, timeout: float | None = 1.0) -> list[int]:
        return super().wait_for_signals(self._vacancies.wait_s(self._missing(), time.monotonic(), timeout or 1.0))

    def spawn_workers(self) -> None:
        for failures in self._vacancies.due(self._missing(), time.monotonic()):
            if pid := self.spawn_worker():
                self._workers[pid].failures = failures
            else:
                self._vacancies.add(failures + 1, time.monotonic())

    def spawn_worker(self) -> int:
        """The pid of a new worker; 0 when the machine has no process, memory or descriptor left for it."""
        try:
            return super().spawn_worker()
        except (OSError, RuntimeError) as error:
            logs.event(LOG, logging.CRITICAL, "worker cannot be started", error=str(error))
            return 0

    def reap_workers(self) -> None:
        """Bury the dead, each with one event. Other children of this process are left to whoever started them."""
        if self.reexec_pid and (code := exit_code(self.reexec_pid)) is not None:
            logs.event(LOG, logging.WARNING, "successor ended", pid=self.reexec_pid, exit_code=code)
            self.reexec_pid = 0
        for pid in list(self.WORKERS):
            code = exit_code(pid)
            if code is not None:
                self._bury(self._workers.pop(pid), pid, code)

    def murder_workers(self) -> None:
        super().murder_workers()
        for pid, worker in list(self._workers.items()):
            if not worker.is_ready and worker.uptime_s() > self._boot_timeout_s:
                if not worker.aborted:
                    logs.event(LOG, logging.ERROR, "worker is not ready in time", pid=pid, limit_s=self._boot_timeout_s)
                worker.aborted = True
                self.kill_worker(pid, signal.SIGKILL)

    def kill_worker(self, pid: int, sig: int) -> None:
        if sig in (signal.SIGTERM, signal.SIGQUIT) and (worker := self._workers.get(pid)):
            worker.is_dismissed = True
            # NOTE: one that does not serve yet has nothing to finish, and may never come to hear a polite signal
            sig = sig if worker.is_ready else signal.SIGKILL
        super().kill_worker(pid, sig)

    @property
    def _workers(self) -> dict[int, Worker]:
        return cast("dict[int, Worker]", self.WORKERS)

    def _missing(self) -> int:
        return self.num_workers - len(self.WORKERS)

    def _bury(self, worker: Worker, pid: int, code: int) -> None:
        failures = 0 if worker.is_ready or worker.is_dismissed else worker.failures + 1
        if not worker.is_dismissed:
            self._vacancies.add(failures, time.monotonic())
        logs.event(
            LOG,
            logging.INFO if worker.is_dismissed else logging.ERROR,
            "worker stopped" if worker.is_dismissed else "worker died",
            pid=pid,
            exit_code=code if code >= 0 else None,
            signal=signal_name(-code) if code < 0 else None,
            uptime_s=round(worker.uptime_s(), 3),
            ready=worker.is_ready,
            replaced_in_s=None if worker.is_dismissed else backoff_s(failures),
        )
        worker.tmp.close()
        self.cfg.child_exit(self, worker)


class Vacancy(NamedTuple):
    """A place that waits for a worker."""

    failures: int
    due_at: float


class Vacancies:
    """The places that wait for a worker. Times are seconds of any one clock."""

    def __init__(self) -> None:
        self._places: list[Vacancy] = []

    def add(self, failures: int, now: float) -> None:
        """Note a place where that many workers died in a row before they were ready."""
        self._places.append(Vacancy(failures, now + backoff_s(failures)))

    def due(self, missing: int, now: float) -> list[int]:
        """The failures of each place that may be filled now, when that many workers are missing; they wait no more."""
        places = self._wanted(missing)
        places += [Vacancy(0, now)] * (missing - len(places))
        self._places = [place for place in places if place.due_at > now]
        return [place.failures for place in places if place.due_at <= now]

    def wait_s(self, missing: int, now: float, most_s: float) -> float:
        """How long nothing has to be done here, at most `most_s`."""
        return max(0.0, min([most_s, *(place.due_at - now for place in self._wanted(missing))]))

    def _wanted(self, missing: int) -> list[Vacancy]:
        """The places with the best prospects; the others are of workers that nobody misses any more."""
        return sorted(self._places)[: max(0, missing)]


def backoff_s(failures: int) -> float:
    """How long a place stays empty after so many failures in a row."""
    return min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2.0 ** min(failures - 1, 30)) if failures else 0.0


def socket_class(address: Address) -> Callable[..., BaseSocket]:
    """What listens at such an address."""
    if isinstance(address, tuple):
        return TCP6Socket if ":" in address[0] else TCPSocket
    return UnixSocket


def address_text(address: Address) -> str:
    """The address as an operator writes it."""
    if isinstance(address, tuple):
        return f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"
    return str(address)


def exit_code(pid: int) -> int | None:
    """What a child of ours ended with (below zero: minus the signal), or None while it runs."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:  # somebody else in this process has waited for it
        return 0
    return os.waitstatus_to_exitcode(status) if ended else None


def signal_name(number: int) -> str:
    """A signal's name, such as SIGKILL; its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
