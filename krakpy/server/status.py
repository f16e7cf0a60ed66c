"""What a master tells of itself: plain data for `krakpy status`, made anew for whoever asks.

The object `krakpy.status/1`: `pid`, `version`, `state` (`serving`, `reloading`, `stopping`), `started_at`, `uptime_s`,
`generation`, `config` (`path`, `digest`, `loaded_at`), `listeners`, `workers_wanted`, `workers`, `extensions`,
`reload` (the one under way: `number`, `phase`, `by`, `took_s`), `last_reload`, `successor` (a pid, after SIGUSR2),
`hosts`, `instances` and `components` (what middlewares and drivers say of themselves, by worker).
"""
from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

from krakpy import __version__
from krakpy.extension.ledger_watch import Watch
from krakpy.extension.shared_folder import SharedFolder
from krakpy.extension.telling import told
from krakpy.server.reload import Reload
from krakpy.server.supervisor import Post
from krakpy.server.vacancies import Death
from krakpy.server.worker import Worker


def worker_status(pid: int, worker: Worker, post: Post, *, is_next: bool) -> dict[str, Any]:
    """One worker: `pid generation next state uptime_s restarts last_death`; the next generation does not serve yet."""
    return {
        "pid": pid,
        "generation": post.generation,
        "next": is_next,
        "state": state_of(worker),
        "uptime_s": round(worker.uptime_s(), 3),
        "restarts": post.past.restarts,
        "last_death": _death(post.past.death),
    }


def state_of(worker: Worker) -> str:
    """`booting`, `ready` or `draining`."""
    if worker.is_dismissed or worker.is_leaving:
        return "draining"
    return "ready" if worker.is_ready else "booting"


def reload_status(reload: Reload | None) -> dict[str, Any] | None:
    """The attempt under way."""
    if reload is None:
        return None
    return {
        "number": reload.number,
        "phase": reload.phase,
        "by": list(reload.by),
        "took_s": round(time.monotonic() - reload.started_at, 3),
    }


def release_answer(watch: Watch | None, what: str) -> dict[str, object]:
    """What somebody is answered who wants a quarantine to end; ended it is then."""
    released, need_reload = ([], []) if watch is None else watch.released(what)
    if not released:
        return {"kind": "error", "message": f"no instance of {what} is quarantined"}
    return {"kind": "released", "instances": released, "need_reload": need_reload}


def master_status(
    *, started_at: float, facts: Mapping[str, Any], workers: Sequence[Mapping[str, Any]] = (), **members: object
) -> dict[str, Any]:
    """The whole object."""
    return {
        "schema": "krakpy.status/1",
        "version": __version__,
        "started_at": started_at,
        "uptime_s": round(time.time() - started_at, 3),
        **facts,
        "workers": workers,
        "components": told(SharedFolder(os.getpid()).place, [worker["pid"] for worker in workers]),
        **members,
    }


def _death(death: Death | None) -> dict[str, Any] | None:
    if death is None:
        return None
    return {
        "pid": death.pid,
        "at": death.at,
        "exit_code": death.exit_code,
        "signal": death.signal,
        "ready": death.was_ready,
    }
