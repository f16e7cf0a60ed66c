"""One host as a child of the supervisor: how it is started, what it is given, what it says, and how it ends."""
from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from krakpy.extension.host_output import Output
from krakpy.extension.hosts import HostSpec
from krakpy.extension.probe_process import environment

#: longest report that is read
MAX_REPORT = 256 * 1024

_BOOT = "import sys; sys.path[:] = sys.argv[3:] or sys.path; from krakpy_sdk.host import main; main(sys.argv[1:3])"
#: what decodes the settings of krakpy's own extensions, whose classes say more than dataclasses can
_OWN_DECODER = "krakpy.extension.contracts:plain_settings"


class HostProcess:
    """One process; `on_report` gets what it tells. Its folder is `inside` of another, or of the machine's own."""

    def __init__(
        self,
        spec: HostSpec,
        output: Output,
        on_report: Callable[[HostProcess, str, Any], None],
        *,
        inside: str | None = None,
    ) -> None:
        self.spec = spec
        self._inside = inside
        self._output = output
        self._on_report = on_report
        self._process: asyncio.subprocess.Process | None = None
        self._folder = ""
        self._readers: list[asyncio.Task[None]] = []

    @property
    def pid(self) -> int:
        """Its process, and its process group."""
        return 0 if self._process is None else self._process.pid

    async def start(self, listener: int) -> None:
        """Start it; OSError if the machine, or another interpreter, does not let us."""
        user = _user(self.spec.user)
        # NOTE: the gateway's own folder is cleared away whatever happens; but nobody else may enter it
        self._folder = tempfile.mkdtemp(prefix="krakpy-host-", dir=self._inside if user is None else None)
        if user is not None:
            os.chown(self._folder, *user)
        reading, writing = os.pipe()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(listener, writing), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE, pass_fds=(listener, writing), start_new_session=True,
                cwd=self._folder, env=environment(self.spec.env, os.environ, self._folder),
            )  # fmt: skip
        except BaseException:
            os.close(reading)
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        finally:
            os.close(writing)
        await self._follow(reading)
        self._send(job_of(self.spec, user))

    async def ended(self) -> int:
        """Wait for its end, and clear up what it leaves; its exit status, below zero a signal."""
        assert self._process is not None, "started"
        status = await self._process.wait()
        self.kill()
        # NOTE: a moment for its last words; whoever it has left behind may hold the pipes open for ever
        await asyncio.wait(self._readers, timeout=0.2)
        for reader in self._readers:
            reader.cancel()
        shutil.rmtree(self._folder, ignore_errors=True)
        return status

    def ping(self, number: int) -> None:
        """Ask whether its loop turns."""
        self._send({"ping": number})

    def leave(self, within_s: float) -> None:
        """Ask it to finish what it has and go."""
        self._send({"leave": within_s})

    def kill(self) -> None:
        """End it and everything that it has started."""
        # NOTE: without a process there is no group of its own, and the number 0 would mean ours
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def resident_mb(self) -> float:
        """Its memory in MiB; 0 where nobody can tell."""
        try:
            with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20
        except (OSError, ValueError, IndexError):
            return 0.0

    def _command(self, listener: int, writing: int) -> list[str]:
        # SECURITY: -I: no variable, no current folder and no user's folder has a say in what is imported
        if self.spec.python:
            return [self.spec.python, "-I", "-u", "-m", "krakpy_sdk.host", str(listener), str(writing)]
        path = [entry for entry in sys.path if entry]
        return [sys.executable, "-I", "-u", "-c", _BOOT, str(listener), str(writing), *path]

    def _send(self, message: Mapping[str, Any]) -> None:
        stdin = None if self._process is None else self._process.stdin
        if stdin is not None and not stdin.is_closing():
            stdin.write(msgspec.json.encode(message, enc_hook=str) + b"\n")

    async def _follow(self, reading: int) -> None:
        process = self._process
        assert process is not None, "started"
        assert process.stdout is not None, "a pipe"
        assert process.stderr is not None, "a pipe"
        reports = asyncio.StreamReader(MAX_REPORT)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reports), os.fdopen(reading, "rb", 0))
        self._readers = [
            loop.create_task(self._output.follow(process.stdout, "stdout", process.pid)),
            loop.create_task(self._output.follow(process.stderr, "stderr", process.pid)),
            loop.create_task(self._hear(reports)),
        ]

    async def _hear(self, reports: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await reports.readline()
            except ValueError:  # NOTE: longer than any report: written by somebody else
                continue
            if not line:
                return
            try:
                told = msgspec.json.decode(line, type=dict[str, Any])
            except msgspec.DecodeError:
                continue
            for kind, value in told.items():
                if kind == "log" and isinstance(value, dict):
                    self._output.record(value)
                else:
                    self._on_report(self, kind, value)


def job_of(spec: HostSpec, user: tuple[int, int] | None) -> dict[str, Any]:
    """What a host is told before anything else."""
    limits = spec.limits
    return {
        "target": spec.target,
        "path": [] if spec.python else [entry for entry in sys.path if entry],
        "instances": spec.instances,
        "decoder": _OWN_DECODER if spec.is_first_party and not spec.python else "",
        "concurrency": spec.concurrency,
        "retire_after": spec.recycle.requests,
        "limits": {
            "memory": limits.memory_mb * 2**20, "files": limits.files, "processes": limits.processes,
            "cpu_s": round(limits.cpu),
        },
        "user": user,
        "supervisor": os.getpid(),
        "log_level": 20,
    }  # fmt: skip


def _user(name: str) -> tuple[int, int] | None:
    if not name:
        return None
    try:
        found = pwd.getpwnam(name)
    except KeyError as error:
        raise OSError(f"there is no user {name!r}") from error
    return found.pw_uid, found.pw_gid
