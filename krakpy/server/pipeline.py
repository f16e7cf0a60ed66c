"""Assembles the server seat: what wraps the whole application."""
from __future__ import annotations

from collections.abc import Callable, Iterable

from krakpy_sdk import ASGIApp

from krakpy.proxy import compose


def build(steps: Iterable[Callable[[ASGIApp], ASGIApp]], app: ASGIApp) -> ASGIApp:
    """The application as gunicorn gets it."""
    return compose(steps, app)
