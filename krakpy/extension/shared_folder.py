"""A folder in memory that all workers of one gateway share: the same through reloads and deaths, gone with the gateway.

    folder = SharedFolder(os.getpid())      # in the master
    folder.path()                           # in a worker: made now, if nobody has made it before

It is named by the process that is there as long as the gateway is. What killed gateways have left is removed by the
next one that makes a folder.
"""
from __future__ import annotations

import fcntl
import multiprocessing
import os
import secrets
import shutil
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

#: where folders in memory are
MEMORY = "/dev/shm"
_PREFIX = "krakpy-shared-"
#: every process that uses a folder holds a lock on this file in it
_IN_USE = ".in-use"


class SharedFolder:
    """The folder of the gateway whose lasting process has this pid."""

    def __init__(self, pid: int, *, root: str = "", suffix: str = "") -> None:
        root = root or (MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else tempfile.gettempdir())
        self._root = Path(root)
        self._pid = pid
        self._path = self._root / f"{_PREFIX}{pid}-{_started(pid)}{suffix}"
        self._lock: int | None = None

    @classmethod
    def found(cls) -> SharedFolder:
        """The folder of the gateway that this process is a worker of."""
        return cls(_lasting())

    @classmethod
    def temporary(cls) -> SharedFolder:
        """A folder that is nobody else's, and gone when it is closed."""
        return cls(os.getpid(), suffix=f"-{secrets.token_hex(4)}")

    @property
    def place(self) -> str:
        """Where the folder is, if somebody has made it."""
        return str(self._path)

    def path(self) -> str:
        """The folder, made if need be; OSError if it cannot be, or if it is somebody else's."""
        if self._lock is None:
            _sweep(self._root)
            self._path.mkdir(mode=0o700, exist_ok=True)
            _check_private(self._path)
            self._lock = _locked(self._path / _IN_USE)
        return str(self._path)

    def close(self) -> None:
        """Let go of the folder; it is removed by the process that it is named by."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if self._pid == os.getpid():
            shutil.rmtree(self._path, ignore_errors=True)


def _lasting() -> int:
    """The process that is there as long as the gateway is: who forks workers, where there are any."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        return parent.pid
    # NOTE: gunicorn forks workers in the process where its arbiter was imported; nobody else's child has that module
    if "gunicorn.arbiter" in sys.modules and "SERVER_SOFTWARE" in os.environ and os.getppid() > 1:
        return os.getppid()
    return os.getpid()


def _started(pid: int) -> str:
    """When a process was started: its pid may be another's later."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return "0"
    return text.rpartition(")")[2].split()[19]


def _locked(path: Path) -> int:
    # NOTE: the lock ends with the process, whatever kills it, and is seen from other containers too
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _check_private(path: Path) -> None:
    # SECURITY: in a folder that all may write to, somebody else may have made it, or a link to one of ours
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(f"{path} has to be a folder of this user with mode 700")


def _sweep(root: Path) -> None:
    """Remove what gateways have left that were killed."""
    for path in root.glob(f"{_PREFIX}*-*"):
        pid, started, *_ = path.name.removeprefix(_PREFIX).split("-")
        if pid.isdecimal() and _started(int(pid)) != started:
            with suppress(OSError):
                _remove(path)


def _remove(path: Path) -> None:
    _check_private(path)
    descriptor = os.open(path / _IN_USE, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)
