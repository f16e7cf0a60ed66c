"""Assembles the client seat: what touches the bytes, around the exchange with an upstream."""
from __future__ import annotations

from collections.abc import Callable, Iterable

from krakpy_sdk import Proxy

from krakpy.proxy import compose


def build(steps: Iterable[Callable[[Proxy], Proxy]], exchange: Proxy) -> Proxy:
    """The proxy that sends a request with a `url` and gives the raw answer."""
    return compose(steps, exchange)
