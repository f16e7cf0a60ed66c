"""The half of the master that keeps workers: it replaces what served, and is patient with what does not start.

Written against gunicorn 27; `tests/server/test_gunicorn_internals.py` says what of its inside is relied on.
"""
from __future__ import annotations

import logging
import queue
import signal
import socket
import time
from dataclasses import dataclass
from typing import Any, cast

import gunicorn.arbiter
from gunicorn import sock
from gunicorn.app.base import BaseApplication

from krakpy import logs
from krakpy.codes import Code
from krakpy.extension.ledger_watch import Culprit, Watch
from krakpy.server.bell import Bell
from krakpy.server.processes import exit_code, signal_name
from krakpy.server.vacancies import Death, Past, Vacancies, backoff_s
from krakpy.server.worker import Worker

LOG = logging.getLogger("krakpy.server")

#: how much longer than its graceful time-out a dismissed worker may take
MERCY_S = 2.0
#: how often the master looks whether somebody blocks a worker: that makes no sound
_LOOK_S = 0.25


@dataclass(slots=True)
class Post:
    """What the master notes of a worker."""

    generation: int
    past: Past
    dismissed_at: float | None = None
    is_blocked: bool = False
    """Whether it is being ended because somebody blocks its event loop."""


class Supervisor(gunicorn.arbiter.Arbiter):
    """Keeps as many workers as it should have, whatever they die of.

    One that was ready is replaced at once. One that dies before it is ready, or is not ready within `boot_timeout_s`,
    is replaced with back-off: 0.1 s, doubled each time up to 30 s; a worker that becomes ready in its place ends that.
    """

    # SECURITY: stock gunicorn ends the service when a worker exits with 3 or 4, which any code in a worker can do.
    # `reap_workers` knows no such codes; these are beyond 255, so that even gunicorn's own could never see them.
    WORKER_BOOT_ERROR = 0x100 | 70
    APP_LOAD_ERROR = 0x100 | 78

    def __init__(self, app: BaseApplication, *, boot_timeout_s: float, watch: Watch | None = None) -> None:
        self._watch = watch
        self._boot_timeout_s = boot_timeout_s
        self._vacancies = Vacancies()
        self._posts: dict[int, Post] = {}
        self._serving = 1
        self._bell = Bell()
        self._is_stopping = False
        super().__init__(app)

    def init_signals(self) -> None:
        self._bell.listen()
        super().init_signals()

    def wait_for_signals(self, timeout: float | None = 1.0) -> list[int]:
        """The signals that came; returns early when anything else wants the master."""
        self._bell.wait(self._patience_s(timeout or 1.0))
        signals: list[int] = []
        while True:
            try:
                signals.append(self.SIG_QUEUE.get_nowait())
            except queue.Empty:
                return [number for number in signals if number != self.WAKEUP_REQUEST]

    def manage_workers(self) -> None:
        """Have as many workers of the generation that serves as there should be.

        NOTE: gunicorn counts those that drain too, and so has one too few for as long as a client is slow.
        """
        if not self._is_stopping and self._missing() > 0:
            self.spawn_workers()
        crew = sorted(self._crew(self._serving), key=lambda pid: self._workers[pid].age)
        for pid in crew[: max(0, len(crew) - self.num_workers)]:
            self.kill_worker(pid, signal.SIGTERM)

    def spawn_workers(self) -> None:
        for past in self._vacancies.due(self._missing(), time.monotonic()):
            if not self._hire(self.app, self._serving, past):
                self._vacancies.add(past._replace(failures=past.failures + 1), time.monotonic())

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
                self._bury(self._workers.pop(pid), self._posts.pop(pid), pid, code)

    def murder_workers(self) -> None:
        super().murder_workers()
        now = time.monotonic()
        for pid, worker in list(self._workers.items()):
            if not worker.is_ready and worker.uptime_s() > self._boot_timeout_s:
                if not worker.aborted:
                    logs.event(LOG, logging.ERROR, "worker is not ready in time", pid=pid, limit_s=self._boot_timeout_s)
                worker.aborted = True
                self.kill_worker(pid, signal.SIGKILL)
            dismissed_at = self._posts[pid].dismissed_at
            if dismissed_at is not None and now > dismissed_at + worker.cfg.graceful_timeout + MERCY_S:
                self.kill_worker(pid, signal.SIGKILL)
        self._end_blocked()

    def _end_blocked(self) -> None:
        """End the workers whose event loop an extension blocks: nobody is served there."""
        if self._watch is None:
            return
        for pid, culprit in self._watch.overdue():
            worker, post = self._workers.get(pid), self._posts.get(pid)
            if worker is None or post is None or not worker.is_ready:
                continue
            if not post.is_blocked:
                message = f"{culprit.label} blocks its worker"
                logs.event(
                    LOG, logging.ERROR, message, code=Code.BLOCKED.id, pid=pid, extension=culprit.account.id,
                    instance=culprit.account.name, for_s=round(culprit.for_s, 3), remedy=Code.BLOCKED.remedy,
                )
                # NOTE: before it is ended: its clients may be back sooner than its end is known
                self._watch.blocked(culprit)
            # NOTE: the first signal makes it say where it is, see `LastWords`; the second needs no consent
            super().kill_worker(pid, signal.SIGKILL if post.is_blocked else signal.SIGABRT)
            post.is_blocked = True

    def kill_worker(self, pid: int, sig: int) -> None:
        if sig in (signal.SIGTERM, signal.SIGQUIT) and (worker := self._workers.get(pid)):
            worker.is_dismissed = True
            post = self._posts[pid]
            post.dismissed_at = time.monotonic() if post.dismissed_at is None else post.dismissed_at
            # NOTE: one that does not serve yet has nothing to finish, and may never come to hear a polite signal
            sig = sig if worker.is_ready else signal.SIGKILL
        super().kill_worker(pid, sig)

    def stop(self, graceful: bool = True) -> None:
        """End every worker: after its requests, or at once; who still asks for the status is answered meanwhile."""
        self._is_stopping = True
        unlink = self.reexec_pid == self.master_pid == 0 and not self.systemd and not self.cfg.reuse_port
        sock.close_sockets(cast("list[socket.socket]", self.LISTENERS), unlink)
        self.LISTENERS.clear()
        self.kill_workers(signal.SIGTERM if graceful else signal.SIGQUIT)
        limit = time.monotonic() + self.cfg.graceful_timeout
        while self.WORKERS and time.monotonic() < limit:
            for number in self.wait_for_signals(limit - time.monotonic()):
                if graceful and number in (signal.SIGINT, signal.SIGQUIT):
                    graceful = False
                    self.kill_workers(signal.SIGQUIT)
                    limit = time.monotonic() + MERCY_S
            self.reap_workers()
        self.kill_workers(signal.SIGKILL)
        self.reap_workers()

    def leave(self) -> None:
        """In a child: let go of what is the master's alone."""
        self._bell.leave()

    @property
    def _workers(self) -> dict[int, Worker]:
        return cast("dict[int, Worker]", self.WORKERS)

    def _hire(self, app: BaseApplication, generation: int, past: Past) -> int:
        """Start a worker of a generation; its pid, or 0 if there cannot be one."""
        serving = self.app, self.cfg
        self.app, self.cfg = app, app.cfg
        try:
            pid = self.spawn_worker()
        finally:
            self.app, self.cfg = serving
        if pid:
            self._workers[pid].failures = past.failures
            self._posts[pid] = Post(generation, past)
        return pid

    def _crew(self, generation: int) -> list[int]:
        """The workers of a generation that nobody has dismissed, and that do not leave of their own accord."""
        posts = ((pid, self._posts[pid]) for pid, worker in self._workers.items() if not worker.is_leaving)
        return [pid for pid, post in posts if post.generation == generation and post.dismissed_at is None]

    def _missing(self) -> int:
        return self.num_workers - len(self._crew(self._serving))

    def _patience_s(self, most_s: float) -> float:
        """How long nothing has to be done unless something happens."""
        if self._is_stopping:
            return most_s
        most_s = most_s if self._watch is None else min(most_s, _LOOK_S)
        return self._vacancies.wait_s(self._missing(), time.monotonic(), most_s)

    def _bury(self, worker: Worker, post: Post, pid: int, code: int) -> None:
        failures = 0 if worker.is_ready or worker.is_dismissed else post.past.failures + 1
        death = Death(
            pid=pid,
            at=time.time(),
            exit_code=code if code >= 0 else None,
            signal=signal_name(-code) if code < 0 else None,
            was_ready=worker.is_ready,
        )
        how = death.signal or f"exit status {code}"
        culprit = None if self._watch is None else self._watch.buried(
            pid, how, was_ready=worker.is_ready, is_violent=not worker.is_dismissed, is_noted=post.is_blocked
        )
        is_replaced = not worker.is_dismissed and post.generation == self._serving
        if is_replaced:
            self._vacancies.add(Past(failures, post.past.restarts + 1, death), time.monotonic())
        logs.event(
            LOG,
            logging.INFO if worker.is_dismissed else logging.ERROR,
            "worker stopped" if worker.is_dismissed else "worker died",
            pid=pid,
            generation=post.generation,
            exit_code=death.exit_code,
            signal=death.signal,
            uptime_s=round(worker.uptime_s(), 3),
            ready=worker.is_ready,
            replaced_in_s=backoff_s(failures) if is_replaced else None,
            stack=worker.last_words.read() or None,
            **({} if culprit is None else _about(culprit, is_blocked=post.is_blocked)),
        )
        worker.last_words.close()
        worker.tmp.close()
        self.cfg.child_exit(self, worker)


def _about(culprit: Culprit, *, is_blocked: bool) -> dict[str, Any]:
    """Who a dead worker was running, as its event tells it."""
    code, account = Code.BLOCKED if is_blocked else Code.WORKER_DIED, culprit.account
    return {"code": code.id, "extension": account.id, "instance": account.name, "remedy": code.remedy}
