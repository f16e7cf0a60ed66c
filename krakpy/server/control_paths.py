"""Where the control sockets of the masters of this user are: one file each, in a folder that is nobody else's.

    path = private_folder(os.environ) / f"{os.getpid()}.sock"
"""
from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

#: set instead of `--control`
VARIABLE = "KRAKPY_CONTROL"
#: what `--control` says for no socket at all
OFF = "off"


def folder(environ: Mapping[str, str]) -> Path:
    """`$XDG_RUNTIME_DIR/krakpy`, else `krakpy-UID` in the folder for temporary files."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    return Path(runtime, "krakpy") if os.path.isabs(runtime) else Path(tempfile.gettempdir(), f"krakpy-{os.geteuid()}")


def private_folder(environ: Mapping[str, str]) -> Path:
    """The folder, made if need be; PermissionError if others could put something there. OSError if it cannot be."""
    path = folder(environ)
    path.mkdir(mode=0o700, exist_ok=True)
    check_private(path)
    return path


def check_private(path: Path) -> None:
    """Raise PermissionError unless the folder is this user's own and closed to everybody else."""
    # SECURITY: in a folder that all may write to, somebody else may have made it, or a link to one of ours
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(f"{path} has to be a folder of this user with mode 700")


def sockets(environ: Mapping[str, str]) -> list[Path]:
    """The sockets of this user's masters; some of them may be of masters that were killed."""
    path = folder(environ)
    try:
        check_private(path)
    except OSError:
        return []
    return sorted(found for found in path.iterdir() if found.suffix == ".sock" and found.is_socket())


def tidy(environ: Mapping[str, str]) -> None:
    """Remove the sockets of masters that were killed."""
    for path in sockets(environ):
        if path.stem.isdecimal() and not is_alive(int(path.stem)):
            path.unlink(missing_ok=True)


def default(environ: Mapping[str, str], pid: int) -> Path:
    """The socket of the master with this pid."""
    return folder(environ) / f"{pid}.sock"


def is_alive(pid: int) -> bool:
    """Whether there is a process with this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        pass
    return True
