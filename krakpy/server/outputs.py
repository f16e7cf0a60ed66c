"""Output that an extension cannot close: log and prints go to descriptors of their own, out of everybody's way.

Whoever closes 1 and 2 leaves these numbers to the next connections of clients, which must not get the log.
"""
from __future__ import annotations

import fcntl
import logging
import os
import sys
from typing import TextIO

#: lowest number of such a descriptor: those who close "everything" by number rarely come so far
_OUT_OF_THE_WAY = 500


def keep_outputs() -> None:
    """Have everything that this process prints and logs go to copies of its standard output and error."""
    copies = {stream: _copied(stream) for stream in (sys.stdout, sys.stderr) if stream is not None}
    for logger in (logging.getLogger(), logging.getLogger("krakpy")):
        for handler in logger.handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream in copies:
                handler.setStream(copies[handler.stream])
    sys.stdout, sys.stderr = copies.get(sys.stdout, sys.stdout), copies.get(sys.stderr, sys.stderr)


def _copied(stream: TextIO) -> TextIO:
    try:
        number = fcntl.fcntl(stream.fileno(), fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
    except (OSError, ValueError):  # NOTE: no such number is to be had, or nothing stands behind it
        return stream
    return os.fdopen(number, "w", encoding=stream.encoding, errors=stream.errors, buffering=1)
