"""What an exception of an extension says, and where in whose code it arose, however odd the exception is.

    said(error)       # "KeyError: 'country'"
    place_of(error)   # ", at /site-packages/acme_geo.py:12"
"""
from __future__ import annotations

import os
import traceback
from collections.abc import Iterator

#: how much of an exception's own text is passed on
MAX_TEXT = 500

#: where the files of this package are, which are nobody's fault
OWN = os.path.dirname(__file__) + os.sep
_STDLIB = os.path.dirname(os.__file__) + os.sep


def said(error: BaseException) -> str:
    """The exception's class and its text, on one line and not too long."""
    try:
        text = " ".join(str(error).split())
    except BaseException:  # noqa: BLE001  # an exception of an extension's is an extension's code too
        text = "(its text raises an exception)"
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}…"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def place_of(error: BaseException, ours: tuple[str, ...] = (OWN,)) -> str:
    """`, at FILE:LINE` of the innermost frame that is neither ours nor Python's own; empty if there is none."""
    if isinstance(error, SyntaxError) and error.filename:
        return f", at {error.filename}:{error.lineno}"
    frames = [(name, line) for name, line in _frames(error, ours) if not _is_pythons(name)]
    return f", at {frames[-1][0]}:{frames[-1][1]}" if frames else ""


def _frames(error: BaseException, ours: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """File and line of every frame that is not ours, outermost first."""
    # PERF: no source is looked up, so that a thousand frames of a recursion cost little
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if not name.startswith(ours):
            yield name, line


def _is_pythons(name: str) -> bool:
    is_stdlib = name.startswith(_STDLIB) and not name.removeprefix(_STDLIB).startswith(("site-", "dist-"))
    return is_stdlib or name.startswith("<frozen")
