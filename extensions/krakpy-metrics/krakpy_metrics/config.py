"""What an operator writes under `telemetry/metrics`."""
from __future__ import annotations

import re
from dataclasses import dataclass

from krakpy_sdk import ConfigError

_ADDRESS = re.compile(r"(?P<host>[^:\[\]]*|\[[0-9a-fA-F:]+\]):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True)
class MetricsConfig:
    """The settings of `telemetry/metrics` (KrakenD: the same keys)."""

    listen_address: str = ":8090"
    """Where `/__stats` and `/metrics` are served: `:8090` on all addresses, `127.0.0.1:8090` on one."""

    collection_time: str = "60s"
    """Accepted without effect: figures are live, where KrakenD collects them once in this time."""

    router_disabled: bool = False
    """Count no answers to clients."""

    proxy_disabled: bool = False
    """Count no endpoints' pipes."""

    backend_disabled: bool = False
    """Count no backends."""

    endpoint_disabled: bool = False
    """Count, and do not serve the figures."""

    def __post_init__(self) -> None:
        match = _ADDRESS.fullmatch(self.listen_address)
        if match is None or not 0 <= int(match["port"]) <= 65535:
            raise ConfigError("is no address such as `:8090` or `127.0.0.1:8090`", path="listen_address")

    @property
    def address(self) -> tuple[str | None, int]:
        """Host, None for all, and port."""
        host, _, port = self.listen_address.rpartition(":")
        return host.strip("[]") or None, int(port)
