"""Assembles the backend seat: what decides how one upstream is asked, around the client seat."""
from __future__ import annotations

from collections.abc import Callable, Iterable

from krakpy_sdk import Proxy

from krakpy.proxy import compose


def build(steps: Iterable[Callable[[Proxy], Proxy]], client: Proxy) -> Proxy:
    """The proxy of one backend."""
    return compose(steps, client)
