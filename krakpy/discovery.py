"""Where the hosts of a backend come from (`backend.sd`): `static`, the list in the configuration.

    hosts = Static(None).hosts(settings)
    hosts()         # ("http://a.test", "http://b.test")
"""
from __future__ import annotations

from collections.abc import Callable, Sequence

from krakpy_sdk import BackendSettings, Discovery


class Static:
    """Gives the hosts as they are written (KrakenD: `sd: static`, the default)."""

    def __init__(self, config: object) -> None:
        pass

    def hosts(self, settings: BackendSettings) -> Callable[[], Sequence[str]]:
        """A function that always gives the same hosts."""
        hosts = tuple(settings.hosts)
        return lambda: hosts


_guard: type[Discovery] = Static
