"""gunicorn's master, which no worker can stop and no reload can break, and which says how it is.

    Arbiter(application, generation, source=source, boot_timeout_s=10.0, control=path).run()

Written against gunicorn 27; `tests/server/test_gunicorn_internals.py` says what of its inside is relied on.
"""
from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn import systemd
from gunicorn.app.base import BaseApplication
from gunicorn.sock import BaseSocket

from krakpy import logs
from krakpy.errors import Problem
from krakpy.extension.ledger_watch import Watch
from krakpy.server.addresses import Address, address_text, socket_class
from krakpy.server.control import Control, Order, Visitor
from krakpy.server.errand import Errand
from krakpy.server.generation import Generation, Refusal, Source
from krakpy.server.processes import signal_name
from krakpy.server.reload import MOST_PROBLEMS, Outcome, Reload, failed
from krakpy.server.status import master_status, release_answer, reload_status, worker_status
from krakpy.server.supervisor import Post, Supervisor
from krakpy.server.vacancies import Past, Vacancies
from krakpy.server.worker import Worker

LOG = logging.getLogger("krakpy.server")

#: how often the master looks whether new workers are ready: they say so without a sound
_GLANCE_S = 0.02


class Arbiter(Supervisor):
    """Reloads without giving anything up before the new workers serve, and listens on its control socket."""

    def __init__(
        self,
        app: BaseApplication,
        generation: Generation,
        *,
        source: Source,
        application: Callable[[Generation], BaseApplication],
        boot_timeout_s: float,
        boots_at_once: int = 1,
        control: Path | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._generation = generation
        self._source = source
        self._application = application
        self._boots_at_once = boots_at_once
        self._control_path = control
        self._control: Control | None = None
        self._asked: list[str] = []
        self._attempts = 0
        self._reload: Reload | None = None
        self._next_app: BaseApplication | None = None
        self._fallen: list[tuple[int, str]] = []
        self._last: Outcome | None = None
        self._waiting: list[tuple[int, Visitor]] = []
        self._errands: list[Errand] = []
        self._started_at = time.time()
        super().__init__(app, boot_timeout_s=boot_timeout_s, watch=watch)
        # NOTE: gunicorn's own guess loses `-m` and the interpreter's options, and SIGUSR2 starts what stands here
        self.START_CTX["args"] = [sys.executable, *sys.orig_argv[1:]]

    def start(self) -> None:
        """Listen, once: gunicorn would try five times, a second and two lines of log each."""
        inherited = "GUNICORN_FD" in os.environ or systemd.listen_fds(unset_environment=False)
        if not inherited and not any(isinstance(address, int) for address in self.cfg.address):
            self.LISTENERS.extend(self._listen(address) for address in self.cfg.address)
        self._open_control()
        super().start()

    def handle_hup(self) -> None:
        """Reload; signals that come while one is under way are one more reload together."""
        self._ask("SIGHUP")

    def manage_workers(self) -> None:
        super().manage_workers()
        self._generation.tend()
        if self._reload is None and self._asked and not self._is_stopping:
            self._begin()
        if self._reload is not None:
            self._advance(self._reload)
        self._errands = [errand for errand in self._errands if not errand.end()]

    def maybe_promote_master(self) -> None:
        was_successor = self.master_pid != 0
        super().maybe_promote_master()
        if was_successor and self.master_pid == 0 and self._control is not None and self._control_path is not None:
            self._control.move(self._control_path)

    def stop(self, graceful: bool = True) -> None:
        if self._reload is not None:
            self._give_up(self._reload, (failed("the gateway was stopped"),))
        super().stop(graceful)
        if self._control is not None:
            self._control.close()
            self._control = None

    def leave(self) -> None:
        super().leave()
        if self._control is not None:
            self._control.abandon()
        if self._reload is not None:
            self._reload.leave()

    def _listen(self, address: Address) -> BaseSocket:
        try:
            return socket_class(address)(address, self.cfg, self.log)
        except (OSError, ValueError, OverflowError) as error:
            raise self._cannot_listen(address_text(address), error) from error

    def _open_control(self) -> None:
        if self._control_path is None:
            return
        # NOTE: a successor moves in when its predecessor has left
        suffix = f".{os.getpid()}" if "GUNICORN_PID" in os.environ else ""
        path = Path(f"{self._control_path}{suffix}")
        try:
            self._control = Control(path, self._bell, self._obey)
        except OSError as error:
            raise self._cannot_listen(str(path), error) from error

    def _cannot_listen(self, where: str, error: Exception) -> SystemExit:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        logs.event(LOG, logging.CRITICAL, f"cannot listen on {where}: {reason}")
        return SystemExit(1)

    def _patience_s(self, most_s: float) -> float:
        now = time.monotonic()
        most_s = super()._patience_s(most_s)
        if self._control is not None:
            most_s = min(most_s, self._control.sweep(now))
        if self._reload is not None:
            due_s = self._reload.due_at() - now
            most_s = min(most_s, _GLANCE_S if self._reload.phase == "booting" else max(0.0, due_s))
        return most_s

    def _bury(self, worker: Worker, post: Post, pid: int, code: int) -> None:
        super()._bury(worker, post, pid, code)
        if self._reload is not None and post.generation == self._reload.generation and not worker.is_dismissed:
            what = "was not ready in time" if worker.aborted else f"ended with {_end_of(code)}"
            self._fallen.append((pid, what))

    def _obey(self, visitor: Visitor, order: Order) -> None:
        if order.do == "status":
            visitor.say({"kind": "status", **self._status()})
        elif order.do == "release":
            visitor.say(release_answer(self._watch, order.what))
        elif self._is_stopping:
            visitor.say({"kind": "error", "message": "the gateway is stopping"})
        else:
            self._waiting.append((number := self._ask("control"), visitor))
            visitor.say({"kind": "progress", "number": number, "phase": "waiting"}, last=False)

    def _ask(self, by: str) -> int:
        """Have a reload made; the number of the attempt that has seen the configuration as it is now."""
        if by not in self._asked:
            self._asked.append(by)
        return self._attempts + 1

    def _begin(self) -> None:
        self._attempts += 1
        self._reload = Reload(self._attempts, self._asked, self._source, self._generation, self._send_out)
        self._asked, self._fallen, self._next_app = [], [], None
        logs.event(LOG, logging.INFO, "reload begins", number=self._attempts, by=", ".join(self._reload.by))
        try:
            self._reload.begin()
        except Refusal as refusal:
            self._give_up(self._reload, refusal.problems)
        else:
            self._tell_progress(self._reload)

    def _send_out(self, work: Callable[[], bytes], **limits: Any) -> Errand:
        def leave() -> None:
            # NOTE: whatever hangs in there must not keep the port when the master is gone
            for listener in self.LISTENERS:
                listener.close()
            self.leave()

        try:
            return Errand(work, bell=self._bell, leave=leave, **limits)
        except OSError as error:
            raise Refusal((failed(f"no process can be started: {error.strerror}"),)) from error

    def _advance(self, reload: Reload) -> None:
        try:
            if reload.advance(time.monotonic()):
                self._tell_progress(reload)
            if reload.phase == "booting":
                self._boot(reload)
        except Refusal as refusal:
            self._give_up(reload, refusal.problems)
        except Exception as error:  # noqa: BLE001  # a reload may fail in any way, and may not take the service with it
            logs.event(LOG, logging.ERROR, "reload failed", exc_info=error)
            self._give_up(reload, (failed(f"{type(error).__name__}: {error}"),))

    def _boot(self, reload: Reload) -> None:
        """Start the new workers, a few at a time, and hand over when all of them are ready."""
        if self._fallen:
            raise Refusal(tuple(failed(f"the new worker {pid} {what}") for pid, what in self._fallen))
        app = self._next_app = self._next_app or self._made(reload)
        crew = self._crew(reload.generation)
        booting = [pid for pid in crew if not self._workers[pid].is_ready]
        for _ in range(min(self.num_workers - len(crew), self._boots_at_once - len(booting))):
            if not self._hire(app, reload.generation, Past()):
                raise Refusal((failed("a new worker cannot be started"),))
        if not booting and len(crew) >= self.num_workers:
            self._hand_over(reload, app)

    def _made(self, reload: Reload) -> BaseApplication:
        assert reload.next is not None, "it has been checked"
        try:
            return self._application(reload.next)
        except ValueError as error:
            raise Refusal((failed(f"gunicorn cannot be configured so: {error}"),)) from error

    def _hand_over(self, reload: Reload, app: BaseApplication) -> None:
        assert reload.next is not None, "it has been checked"
        reload.next.adopt()
        predecessors = self._crew(self._serving)
        self._serving, self._generation = reload.generation, reload.next
        self.app, self.cfg = app, app.cfg
        self._vacancies = Vacancies()
        for pid in predecessors:
            self.kill_worker(pid, signal.SIGTERM)
        outcome = self._ended(reload, ())
        took_s = round(outcome.took_s, 3)
        logs.event(LOG, logging.INFO, "reloaded", number=reload.number, generation=self._serving, took_s=took_s)

    def _give_up(self, reload: Reload, problems: tuple[Problem, ...]) -> None:
        """Leave everything as it was before."""
        if (errand := reload.abandon()) and not errand.end():
            self._errands.append(errand)
        if reload.next is not None:
            reload.next.drop()
        for pid in self._crew(reload.generation):
            self.kill_worker(pid, signal.SIGTERM)
        self._ended(reload, problems)
        for problem in problems[:MOST_PROBLEMS]:
            logs.event(
                LOG, logging.ERROR, problem.message, code=problem.code.id, place=problem.place, remedy=problem.advice
            )
        logs.event(
            LOG, logging.ERROR, "reload refused; the configuration before it goes on serving",
            number=reload.number, generation=self._serving, phase=reload.phase, problems=len(problems),
        )

    def _ended(self, reload: Reload, problems: tuple[Problem, ...]) -> Outcome:
        self._reload, self._next_app = None, None
        self._last = outcome = reload.outcome(self._serving, problems)
        waiting, self._waiting = self._waiting, []
        for number, visitor in waiting:
            if number > reload.number:
                self._waiting.append((number, visitor))
            else:
                visitor.say({"kind": "outcome", **outcome.as_dict()})
        return outcome

    def _tell_progress(self, reload: Reload) -> None:
        self._waiting = [(number, visitor) for number, visitor in self._waiting if not visitor.is_gone]
        for number, visitor in self._waiting:
            if number == reload.number:
                visitor.say({"kind": "progress", "number": number, "phase": reload.phase}, last=False)

    def _status(self) -> dict[str, object]:
        state = "stopping" if self._is_stopping else "serving" if self._reload is None else "reloading"
        return master_status(
            started_at=self._started_at,
            facts=self._generation.facts,
            pid=os.getpid(),
            state=state,
            generation=self._serving,
            listeners=[str(listener) for listener in self.LISTENERS],
            workers_wanted=self.num_workers,
            workers=[
                worker_status(pid, worker, self._posts[pid], is_next=self._posts[pid].generation > self._serving)
                for pid, worker in sorted(self._workers.items(), key=lambda one: one[1].age)
            ],
            reload=reload_status(self._reload),
            last_reload=None if self._last is None else self._last.as_dict(),
            successor=self.reexec_pid or None,
            hosts=self._generation.hosts(),
            instances=[] if self._watch is None else self._watch.status(),
        )


def _end_of(code: int) -> str:
    return f"exit status {code}" if code >= 0 else signal_name(-code)
