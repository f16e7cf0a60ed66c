"""Runs what executes third-party code in a child, and reads its report: the command line lives on, whatever happens.

    report = reported({"configuration": …, "asked": …}, deadline_s=30)      # ChildFailed: it did not come to one
"""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from typing import IO, Any

#: how much of what a child printed is told when it did not come to its report
OUTPUT_BYTES = 4096

_CHILD = "krakpy.cli.ext.exchange_child"


class ChildFailed(Exception):
    """The child ended, or was ended, before its report; the text says how, and what it printed last."""


def reported(job: Mapping[str, Any], *, deadline_s: float, module: str = _CHILD) -> dict[str, Any]:
    """What a child reports of a job."""
    path = [entry for entry in sys.path if entry]
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as output:
        asked.write(json.dumps({**job, "path": path}).encode())
        asked.seek(0)
        child, report = _spawn(module, asked, output)
        try:
            text, is_late = _read(child, report, deadline_s)
            status = child.wait()
        finally:
            _end(child)
            os.close(report)
        try:
            found: dict[str, Any] = json.loads(text)
        except ValueError:
            raise ChildFailed(_how(status, deadline_s, is_late=is_late) + _tail(output)) from None
    return found


def _spawn(module: str, asked: IO[bytes], output: IO[bytes]) -> tuple[subprocess.Popen[bytes], int]:
    read, write = os.pipe()
    # SECURITY: -P keeps the current folder off the path; a session of its own, so that it can be ended whole
    command = [sys.executable, "-P", "-u", "-m", module, str(write)]
    child = subprocess.Popen(
        command, stdin=asked, stdout=output, stderr=subprocess.STDOUT, pass_fds=(write,), start_new_session=True
    )
    os.close(write)
    return child, read


def _read(child: subprocess.Popen[bytes], report: int, deadline_s: float) -> tuple[bytes, bool]:
    """Everything that the child reports, and whether it had to be ended."""
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(child)

    timer = threading.Timer(deadline_s, end)
    timer.start()
    try:
        with os.fdopen(os.dup(report), "rb") as stream:
            return stream.read(), late.is_set()
    finally:
        timer.cancel()


def _end(child: subprocess.Popen[bytes]) -> None:
    _kill(child)
    child.wait()


def _kill(child: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _how(status: int, deadline_s: float, *, is_late: bool) -> str:
    if is_late:
        return f"it did not come to an end within {deadline_s:g} s"
    if status < 0:
        return f"the process was ended by {signal.Signals(-status).name}"
    return f"the process ended with exit status {status}"


def _tail(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - OUTPUT_BYTES))
    text = output.read().decode("utf-8", "replace").strip()
    return f"; it printed: {text}" if text else ""
