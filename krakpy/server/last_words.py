"""Where a worker was when a signal ended it: written by the interpreter in its last moment, read by the master.

    words = LastWords()     # before the fork
    words.listen()          # in the worker
    words.read()            # in the master, after its death: ["acme_geo.py:12 in endpoint_request", …]
"""
from __future__ import annotations

import faulthandler
import os
import re
import tempfile

import krakpy_sdk

#: frames that are told
MOST_FRAMES = 5
_OWN = tuple(os.path.dirname(path) + os.sep for path in (os.path.dirname(__file__), krakpy_sdk.__file__))
_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (.+)$', re.MULTILINE)


class LastWords:
    """A file without a name that worker and master share."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the worker

    def listen(self) -> None:
        """In the worker: have the stack written by SIGSEGV, SIGABRT, SIGBUS, SIGFPE and SIGILL."""
        faulthandler.enable(self._file, all_threads=False)

    def read(self) -> list[str]:
        """The innermost frames first, up to krakpy's own; nothing where no such signal came."""
        self._file.seek(0)
        text = self._file.read(65536).decode("utf-8", "replace")
        frames: list[tuple[str, str, str]] = _FRAME.findall(text)
        own = next((number for number, (path, _, _) in enumerate(frames) if path.startswith(_OWN)), len(frames))
        return [f"{path}:{line} in {name}" for path, line, name in frames[: own or None][:MOST_FRAMES]]

    def close(self) -> None:
        """Forget it."""
        self._file.close()
