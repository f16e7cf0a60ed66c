"""Assembles the endpoint seat: what wraps the merge, around one backend or a merger of many."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec
from krakpy_sdk import Merger, Proxy

from krakpy.config.settings import BackendSettings, EndpointSettings
from krakpy.proxy import compose


def build(
    settings: EndpointSettings,
    steps: Iterable[Callable[[Proxy], Proxy]],
    backends: Sequence[Proxy],
    merger: Merger | None,
) -> Proxy:
    """The proxy of one endpoint; a single backend needs no merger."""
    return compose(steps, backends[0] if merger is None else merger.merge(settings, backends))


def answering(settings: EndpointSettings) -> EndpointSettings:
    """The endpoint with the backends whose answers count."""
    return _only(settings, [backend for backend in settings.backends if not backend.proxy.shadow])


def shadowing(settings: EndpointSettings) -> EndpointSettings:
    """The endpoint with its shadow backends."""
    return _only(settings, [backend for backend in settings.backends if backend.proxy.shadow])


def shadow_timeout_s(settings: EndpointSettings) -> float:
    """How long an endpoint's shadow backends may take: the longest time of one of them (KrakenD: the same)."""
    return max(backend.proxy.shadow_timeout or backend.timeout_s for backend in settings.backends)


def _only(settings: EndpointSettings, backends: Sequence[BackendSettings]) -> EndpointSettings:
    return msgspec.structs.replace(settings, backends=tuple(backends))
