"""Assembles the endpoint seat: what wraps the merge, around one backend or a merger of many."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from krakpy_sdk import EndpointSettings, Merger, Proxy

from krakpy.proxy import compose


def build(
    settings: EndpointSettings,
    steps: Iterable[Callable[[Proxy], Proxy]],
    backends: Sequence[Proxy],
    merger: Merger | None,
) -> Proxy:
    """The proxy of one endpoint; a single backend needs no merger."""
    return compose(steps, backends[0] if merger is None else merger.merge(settings, backends))
