"""The child of a probe as a process: how it is started, and what it sees of the environment.

    child, report_fd = spawned(candidate.python, env=(), asked=file, output=file, folder=folder)
"""
from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import IO

#: what everybody sees of the gateway's environment
VARIABLES = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ")

_BOOT = (
    "import sys; sys.path[:] = sys.argv[2:] or sys.path; "
    "from krakpy.extension.probe_child import main; main(sys.argv[1:2])"
)


def spawned(
    python: str, env: tuple[str, ...] | None, asked: IO[bytes], output: IO[bytes], folder: str
) -> tuple[subprocess.Popen[bytes], int]:
    """The child, and the descriptor that it reports on; `env` lists what else it sees of the environment."""
    report_read, report_write = os.pipe()
    child = subprocess.Popen(
        _command(python, str(report_write)),
        # NOTE: a file, not a pipe: a child that does not read cannot keep us from going on
        stdin=asked,
        stdout=output,
        stderr=subprocess.STDOUT,
        pass_fds=(report_write,),
        start_new_session=True,
        env=environment(env, os.environ, folder),
    )
    os.close(report_write)
    return child, report_read


def _command(python: str, report: str) -> list[str]:
    """The command of a child: another environment has no krakpy, and the sdk looks at hooks itself."""
    # NOTE: -u, or what it printed would be lost with it
    # SECURITY: -I: no variable, no current folder and no user's folder has a say in what is imported
    if python:
        return [python, "-I", "-u", "-m", "krakpy_sdk.probe", report]
    return [sys.executable, "-I", "-u", "-c", _BOOT, report, *(entry for entry in sys.path if entry)]


def environment(env: tuple[str, ...] | None, environ: Mapping[str, str], folder: str) -> dict[str, str]:
    """What is seen of the environment: little, what is listed, and a folder of its own; None lists everything."""
    if env is None:
        return dict(environ)
    names = {*VARIABLES, *env}
    return {"HOME": folder, "TMPDIR": folder} | {name: value for name, value in environ.items() if name in names}
