"""What a host gives up before it imports an extension: memory, files, processes, time, rights, and a long life."""
from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Mapping
from typing import Any

_LIMITS = {
    "memory": resource.RLIMIT_AS, "files": resource.RLIMIT_NOFILE, "processes": resource.RLIMIT_NPROC,
    "cpu_s": resource.RLIMIT_CPU,
}  # fmt: skip
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def confine(job: Mapping[str, Any]) -> None:
    """Take the limits, the user and the search path that the job names, and never outlive the supervisor."""
    if job["path"]:
        sys.path[:] = job["path"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # NOTE: SIGXFSZ and SIGPIPE are ignored by Python itself, so that both are errors of a call and no deaths
    for name, kind in _LIMITS.items():
        if job["limits"].get(name):
            _limit(kind, int(job["limits"][name]))
    if job["user"] is not None:
        _become(*job["user"])
    # NOTE: the kernel forgets the wish when the process changes its user, so it comes after that
    _die_with(job["supervisor"])
    os.umask(0o077)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        try:
            import ctypes
        except ImportError:  # NOTE: some Pythons are built without; the end of standard input says the same, later
            pass
        else:
            prctl = ctypes.CDLL(None).prctl
            prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)
