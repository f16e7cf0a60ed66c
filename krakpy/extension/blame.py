"""What an exception of an extension says, and where in whose code it arose, however odd the exception is.

    said(error)       # "KeyError: 'country'"
    place_of(error)   # ", at /site-packages/acme_geo.py:12"
"""
from __future__ import annotations

import os

from krakpy_sdk import blame
from krakpy_sdk.blame import MAX_TEXT

from krakpy.extension.remote_errors import Told, ToldBreach

__all__ = ["MAX_TEXT", "kind_of", "place_of", "said"]

_OURS = (os.path.dirname(os.path.dirname(__file__)) + os.sep, blame.OWN)


def said(error: BaseException) -> str:
    """The exception's class and its text, on one line and not too long."""
    return error.said[: 2 * MAX_TEXT] if isinstance(error, Told | ToldBreach) else blame.said(error)


def place_of(error: BaseException) -> str:
    """`, at FILE:LINE` of the innermost frame that is neither krakpy's nor Python's own; empty if there is none."""
    return error.place[:MAX_TEXT] if isinstance(error, Told | ToldBreach) else blame.place_of(error, _OURS)


def kind_of(error: BaseException) -> str:
    """The class of the exception that was raised, wherever that was."""
    return error.kind[:MAX_TEXT] if isinstance(error, Told | ToldBreach) else type(error).__name__
