"""TLS: what the listener shows to clients (`tls`) and what the gateway shows to backends (`client_tls`)."""
from __future__ import annotations

from typing import Literal

from krakpy.config.kinds import Count, Model

TlsVersion = Literal["SSL3.0", "TLS10", "TLS11", "TLS12", "TLS13"]


class KeyPair(Model, frozen=True, kw_only=True):
    """One certificate of the listener."""

    public_key: str = ""
    """Path of the certificate (PEM)."""

    private_key: str = ""
    """Path of its private key (PEM)."""


class Tls(Model, frozen=True, kw_only=True):
    """The listener's TLS (KrakenD: `tls`)."""

    disabled: bool = False
    """Serve plain HTTP although the object is there."""

    keys: tuple[KeyPair, ...] = ()
    """The certificates to choose from, by the name that the client asks for."""

    public_key: str = ""
    """Path of the certificate of a single pair: the spelling before `keys`."""

    private_key: str = ""
    """Path of the private key of a single pair: the spelling before `keys`."""

    ca_certs: tuple[str, ...] = ()
    """Paths of further authorities (PEM) that may sign clients' certificates."""

    disable_system_ca_pool: bool = False
    """Trust `ca_certs` alone, not the system's authorities."""

    enable_mtls: bool = False
    """Demand a certificate of every client, on every route, the health check included."""

    min_version: TlsVersion = "TLS13"
    """The oldest version that is accepted."""

    max_version: TlsVersion = "TLS13"
    """The newest version that is offered."""

    cipher_suites: tuple[Count, ...] = ()
    """Numbers of the cipher suites for TLS 1.2 and before; empty: the library's choice."""

    curve_preferences: tuple[Count, ...] = ()
    """Numbers of the curves: 23 P-256, 24 P-384, 25 P-521; empty: the library's choice."""

    prefer_server_cipher_suites: bool = False
    """Let the server's order of cipher suites win."""


class ClientCertificate(Model, frozen=True, kw_only=True):
    """One certificate that the gateway shows to backends which ask for it."""

    certificate: str = ""
    """Path of the certificate (PEM)."""

    private_key: str = ""
    """Path of its private key (PEM)."""


class ClientTls(Model, frozen=True, kw_only=True):
    """TLS towards backends (KrakenD: `client_tls`)."""

    allow_insecure_connections: bool = False
    """Accept any certificate of a backend, for tests only."""

    ca_certs: tuple[str, ...] = ()
    """Paths of further authorities (PEM) that may sign backends' certificates."""

    disable_system_ca_pool: bool = False
    """Trust `ca_certs` alone, not the system's authorities."""

    client_certs: tuple[ClientCertificate, ...] = ()
    """The certificates with which the gateway identifies itself."""

    min_version: TlsVersion = "TLS13"
    """The oldest version that is accepted; without the whole object TLS12."""

    max_version: TlsVersion = "TLS13"
    """The newest version that is offered."""

    cipher_suites: tuple[Count, ...] = ()
    """Numbers of the cipher suites for TLS 1.2 and before; empty: the library's choice."""

    curve_preferences: tuple[Count, ...] = ()
    """Numbers of the curves: 23 P-256, 24 P-384, 25 P-521; empty: the library's choice."""
