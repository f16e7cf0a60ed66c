"""How clients are listened to: what the service says about its listener, for the wire towards clients."""
from __future__ import annotations

import msgspec

from krakpy.config.model import Service, Tls, Wire


class ListenerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Durations in seconds; 0 where the service's own keys say nothing, so that `wire` decides."""

    read_timeout_s: float = 0.0
    read_header_timeout_s: float = 0.0
    write_timeout_s: float = 0.0
    idle_timeout_s: float = 0.0
    max_header_bytes: int = 0
    wire: Wire = Wire()
    tls: Tls | None = None
    """None for plain HTTP."""


def listening(service: Service) -> ListenerSettings:
    """The listener of a service that has been checked."""
    return ListenerSettings(
        read_timeout_s=service.read_timeout,
        read_header_timeout_s=service.read_header_timeout,
        write_timeout_s=service.write_timeout,
        idle_timeout_s=service.idle_timeout,
        max_header_bytes=service.max_header_bytes,
        wire=service.extra_config.wire,
        tls=None if service.tls is None or service.tls.disabled else service.tls,
    )
