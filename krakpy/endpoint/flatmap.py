"""Move, delete and append fields of the merged document.

    "proxy": {"flatmap_filter": [{"type": "append", "args": ["recent", "all"]}]}
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from krakpy_sdk import EndpointMiddleware, EndpointSettings, Proxy, Request, Response

from krakpy.encoding.flatmap import Operation, flatmap


class HasFlatmap(Protocol):
    """`extra_config.proxy`, as far as it counts here."""

    @property
    def flatmap_filter(self) -> Sequence[Operation]: ...


class FilteredSettings(EndpointSettings, Protocol):
    """An endpoint that tells how its merged documents are reshaped."""

    @property
    def proxy(self) -> HasFlatmap: ...


class Flatmap:
    """Applies the endpoint's `flatmap_filter`; see `krakpy.encoding.flatmap`.

    An answer that a backend failed for stays as it is. Absent where one backend is asked (KrakenD: the same, both).
    """

    inside = ("plugin/req-resp-modifier",)
    #: what it reaches is in the settings: see `krakpy.depth`
    paths = ()

    @classmethod
    def applies_to(cls, settings: FilteredSettings) -> bool:
        return len(settings.backends) > 1 and flatmap(settings.proxy.flatmap_filter) is not None

    def __init__(self, settings: FilteredSettings, next: Proxy) -> None:
        change = flatmap(settings.proxy.flatmap_filter)
        if change is None:
            raise ValueError(f"{settings.place}: an endpoint without a flatmap filter is not filtered")
        self._change = change
        self._next = next

    async def __call__(self, request: Request) -> Response:
        response = await self._next(request)
        if response.errors or response.data is None:
            return response
        return response.replace(data=self._change(response.data))


_guard: type[EndpointMiddleware] = Flatmap
