"""How backends are talked to: what the service says about its connections, for the wire towards backends."""
from __future__ import annotations

import msgspec

from krakpy.config.model import BackendLimits, ClientTls, Service

DEFAULT_IDLE_PER_HOST = 250
DEFAULT_KEEP_ALIVE_S = 15.0
DEFAULT_FALLBACK_DELAY_S = 0.3


class TransportSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the gateway talks to backends; durations in seconds, 0 where there is no limit."""

    dialer_timeout_s: float = 0.0
    dialer_keep_alive_s: float = DEFAULT_KEEP_ALIVE_S
    dialer_fallback_delay_s: float = DEFAULT_FALLBACK_DELAY_S
    disable_compression: bool = False
    disable_keep_alives: bool = False
    max_idle_connections: int = 0
    max_idle_connections_per_host: int = DEFAULT_IDLE_PER_HOST
    idle_connection_timeout_s: float = 0.0
    response_header_timeout_s: float = 0.0
    expect_continue_timeout_s: float = 0.0
    client_tls: ClientTls | None = None
    limits: BackendLimits = BackendLimits()


def towards_backends(service: Service) -> TransportSettings:
    """The transport of a service that has been checked; what it does not say is filled in."""
    return TransportSettings(
        dialer_timeout_s=service.dialer_timeout,
        dialer_keep_alive_s=service.dialer_keep_alive or DEFAULT_KEEP_ALIVE_S,
        dialer_fallback_delay_s=service.dialer_fallback_delay or DEFAULT_FALLBACK_DELAY_S,
        disable_compression=service.disable_compression,
        disable_keep_alives=service.disable_keep_alives,
        max_idle_connections=service.max_idle_connections,
        max_idle_connections_per_host=service.max_idle_connections_per_host or DEFAULT_IDLE_PER_HOST,
        idle_connection_timeout_s=service.idle_connection_timeout,
        response_header_timeout_s=service.response_header_timeout,
        expect_continue_timeout_s=service.expect_continue_timeout,
        client_tls=_client_tls(service),
        limits=service.extra_config.backends,
    )


def _client_tls(service: Service) -> ClientTls | None:
    if not service.allow_insecure_connections:
        return service.client_tls
    # NOTE: without `client_tls` a backend may speak TLS 1.2; the old flag alone does not change that
    tls = service.client_tls or ClientTls(min_version="TLS12")
    return msgspec.structs.replace(tls, allow_insecure_connections=True)
