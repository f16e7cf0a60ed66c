"""Starts the supervisor of hosts, hands workers what they need to find them, and ends it.

    supervisor = Supervisor(hosted(prepared.admissions, plugin), logging=settings.logging)
    supervisor.start()          # before the first worker; again, it starts one that has died
    supervisor.hosts            # for the workers
    supervisor.retire()         # ends when the last of its workers has gone
    supervisor.stop()           # ends now

The listening sockets are made here and stay open here, so that neither a host's end nor the supervisor's own loses what
is on its way.
"""
from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from krakpy.config.model import Logging
from krakpy.extension.board import Board, Entry
from krakpy.extension.hosts import Hosts, HostSpec
from krakpy.extension.supervising import Job
from krakpy.logs import event

log = logging.getLogger("krakpy.hosts")

#: connections that may wait for a host
BACKLOG = 512
#: how long the supervisor may take to end, with all its hosts
STOP_WITHIN_S = 10.0


class Supervisor:
    """The supervisor of one generation of workers. Without anything to host it starts nothing."""

    def __init__(self, specs: Sequence[HostSpec], *, logging: Logging | None = None) -> None:
        self._specs = tuple(specs)
        self._logging = logging
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: list[socket.socket] = []
        self._owner = 0
        self._hosts: Hosts | None = None

    @property
    def hosts(self) -> Hosts | None:
        """Where the hosts are; None before the start, and where there are none."""
        return self._hosts

    def status(self) -> list[dict[str, Any]]:
        """Every host: of which instance it is, how it is, and how often it was replaced."""
        if self._hosts is None:
            return []
        board = Board.open(self._hosts.board)
        return [_status(spec, slot, board.read(slot)) for spec in self._specs for slot in spec.slots]

    @property
    def has_ended(self) -> bool:
        """Whether there is no process of it."""
        return self._process is None or self._process.poll() is not None

    def start(self) -> None:
        """Start it unless it runs."""
        if not self._specs:
            return
        if self._hosts is None:
            self._owner = os.getpid()
            self._open()
        self.tend()

    def tend(self) -> None:
        """Start it again if it has ended; costs next to nothing, so call it often."""
        if self._hosts is None or self._owner != os.getpid():
            return
        process = self._process
        if process is not None:
            if process.poll() is None:
                return
            event(log, logging.ERROR, "the supervisor of hosts ended", pid=process.pid, exit_code=process.returncode)
            _close(process)
        self._spawn(self._hosts)

    def retire(self) -> None:
        """Let it end when its last worker has gone."""
        process = self._process
        if self._owner != os.getpid() or process is None or process.stdin is None:
            return
        self._forget()
        try:
            process.stdin.write(b"retire\n")
            process.stdin.flush()
        except OSError:  # NOTE: it has ended before
            pass

    def stop(self) -> None:
        """End it with all its hosts, and wait for that."""
        process, hosts = self._process, self._hosts
        if self._owner != os.getpid() or process is None:
            return
        self._forget()
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _close(process)
        if hosts is not None:
            shutil.rmtree(hosts.folder, ignore_errors=True)

    def _forget(self) -> None:
        self._hosts = None
        for one in self._sockets:
            one.close()
        self._sockets.clear()

    def _open(self) -> None:
        hosts = self._hosts = Hosts(tempfile.mkdtemp(prefix="krakpy-", dir=_runtime_folder()))
        slots = max(spec.slots.stop for spec in self._specs)
        Board.create(hosts.board, slots)
        for path in (hosts.control, *map(hosts.socket, range(slots))):
            self._sockets.append(_listening(path))

    def _spawn(self, hosts: Hosts) -> None:
        control, *listeners = [one.fileno() for one in self._sockets]
        job = Job(
            parent=os.getpid(), folder=hosts.folder, control=control, listeners=tuple(listeners), specs=self._specs,
            path=tuple(entry for entry in sys.path if entry),
            level=logging.getLevelName(logging.getLogger("krakpy").getEffectiveLevel()), logging=self._logging,
        )  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "krakpy.extension.supervising"], stdin=subprocess.PIPE,
            pass_fds=(control, *listeners),
            # NOTE: Ctrl-C on a terminal is the master's: its workers still need the hosts while they finish
            start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None, "a pipe"
        self._process.stdin.write(msgspec.json.encode(job, enc_hook=str) + b"\n")
        self._process.stdin.flush()


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def _runtime_folder() -> str | None:
    """Where sockets belong, if there is such a place; a path of a socket has to be short."""
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    return folder if folder and len(folder) < 64 and os.access(folder, os.W_OK) else "/tmp"


def _listening(path: str) -> socket.socket:
    one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    one.bind(path)
    os.chmod(path, 0o600)
    one.listen(BACKLOG)
    return one


def _status(spec: HostSpec, slot: int, entry: Entry) -> dict[str, Any]:
    return {
        "id": spec.id,
        "instance": spec.name,
        "slot": slot,
        "pid": entry.pid or None,
        "state": entry.state.name.lower(),
        "for_s": round(time.monotonic() - entry.since, 3),
        "restarts": entry.restarts,
    }
