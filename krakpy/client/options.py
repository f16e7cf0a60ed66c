"""What the pool reads of the configuration, and the limits it holds whatever the configuration says."""
from __future__ import annotations

import resource
from collections.abc import Sequence
from typing import Protocol

import msgspec


class ClientCertificate(Protocol):
    """A certificate that backends may ask for (`client_tls.client_certs`)."""

    @property
    def certificate(self) -> str: ...
    @property
    def private_key(self) -> str: ...


class ClientTls(Protocol):
    """TLS towards backends (`client_tls`)."""

    @property
    def allow_insecure_connections(self) -> bool: ...
    @property
    def disable_system_ca_pool(self) -> bool: ...
    @property
    def ca_certs(self) -> Sequence[str]: ...
    @property
    def client_certs(self) -> Sequence[ClientCertificate]: ...
    @property
    def min_version(self) -> str: ...
    @property
    def max_version(self) -> str: ...
    @property
    def cipher_suites(self) -> Sequence[int]: ...
    @property
    def curve_preferences(self) -> Sequence[int]: ...


class LimitOptions(Protocol):
    """What the operator says of the limits (`krakpy/backends`)."""

    @property
    def max_body_bytes(self) -> int: ...
    @property
    def max_head_bytes(self) -> int: ...
    @property
    def max_header_fields(self) -> int: ...
    @property
    def max_connections(self) -> int: ...
    @property
    def max_waiting(self) -> int: ...
    @property
    def dns_ttl(self) -> float:
        """Seconds."""

    @property
    def deny_addresses(self) -> Sequence[str]:
        """Addresses and networks that are never connected to."""


class TransportOptions(Protocol):
    """The settings of KrakenD's HTTP transport that the pool obeys; all times in seconds."""

    @property
    def dialer_timeout_s(self) -> float:
        """For one connection to be made, DNS and TLS included; 0: as long as the exchange may take."""

    @property
    def dialer_keep_alive_s(self) -> float:
        """Between TCP keep-alive probes; 0: 15, negative: none."""

    @property
    def dialer_fallback_delay_s(self) -> float:
        """Before the next address of a host is tried as well (RFC 8305); 0: 0.3, negative: only after a failure."""

    @property
    def disable_compression(self) -> bool: ...
    @property
    def disable_keep_alives(self) -> bool: ...
    @property
    def max_idle_connections(self) -> int:
        """Over all origins; 0: no limit."""

    @property
    def max_idle_connections_per_host(self) -> int:
        """For each origin; 0: 250."""

    @property
    def idle_connection_timeout_s(self) -> float:
        """How long an idle connection is kept; 0: as long as the backend keeps it."""

    @property
    def response_header_timeout_s(self) -> float:
        """From the request until the head of the answer is there; 0: as long as the exchange may take."""

    @property
    def expect_continue_timeout_s(self) -> float:
        """How long a streamed body waits for `100 Continue` where the client asked for it; 0: not at all."""

    @property
    def client_tls(self) -> ClientTls | None: ...
    @property
    def limits(self) -> LimitOptions: ...


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What no backend can make a worker exceed."""

    max_body_bytes: int = 64 * 1024 * 1024
    """Of a body that is collected, decompressed or not. More than any document that is worth merging has; bodies that
    are streamed (`no-op`) have no limit, because they are never held."""
    max_head_bytes: int = 64 * 1024
    """Of the head of an answer."""
    max_fields: int = 128
    """Header fields of an answer."""
    max_interim: int = 20
    """1xx answers before the final one."""
    max_buffered_bytes: int = 64 * 1024
    """Of a streamed body whose reader is slower than the backend: reading pauses before it is exceeded."""
    max_connections_per_origin: int = 1024
    """Connections to one origin, those being made included; further requests wait for one until their deadline, so
    that a backend that hangs cannot use up the worker's file descriptors."""
    max_waiting_per_origin: int = 10_000
    """Requests that wait for a connection to one origin; further ones fail at once."""
    max_origins: int = 1024
    """Origins that are remembered; beyond it those without connections are forgotten."""


def limits_of(options: LimitOptions) -> Limits:
    """The limits that the operator asks for, as far as the process may open files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    share = options.max_connections if files == resource.RLIM_INFINITY else max(1, files // 4)
    return Limits(
        max_body_bytes=options.max_body_bytes,
        max_head_bytes=options.max_head_bytes,
        max_fields=options.max_header_fields,
        max_connections_per_origin=min(options.max_connections, share),
        max_waiting_per_origin=options.max_waiting,
    )
