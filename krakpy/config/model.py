"""The configuration file as typed, immutable objects: every key of KrakenD's version 3, decoded and not yet resolved.

    service = load("krakend.json", os.environ).service
    service.endpoints[0].backend[0].url_pattern
"""
from __future__ import annotations

from typing import ClassVar

from msgspec import field

from krakpy.config.aliases import LEGACY
from krakpy.config.kinds import Count, Model, Port, Rest, Seconds, SignedSeconds
from krakpy.config.model_agent import AsyncAgent, Connection, Consumer
from krakpy.config.model_endpoint import Backend, BackendComponents, Endpoint, EndpointComponents
from krakpy.config.model_limits import BackendLimits
from krakpy.config.model_plugin import Instance, InstanceDefaults, Isolation, Mode, OnError, Plugin
from krakpy.config.model_proxy import (
    BackendHttp,
    BackendHttpClient,
    BackendProxy,
    EndpointProxy,
    FlatmapOperation,
    Static,
)
from krakpy.config.model_router import BackendLog, Logging, Router
from krakpy.config.model_tls import ClientCertificate, ClientTls, KeyPair, Tls
from krakpy.config.model_wire import Wire

__all__ = [
    "AsyncAgent",
    "Backend",
    "BackendComponents",
    "BackendHttp",
    "BackendHttpClient",
    "BackendLimits",
    "BackendLog",
    "BackendProxy",
    "ClientCertificate",
    "ClientTls",
    "Connection",
    "Consumer",
    "Endpoint",
    "EndpointComponents",
    "EndpointProxy",
    "FlatmapOperation",
    "Instance",
    "InstanceDefaults",
    "Isolation",
    "KeyPair",
    "Logging",
    "Mode",
    "OnError",
    "Plugin",
    "Router",
    "Service",
    "ServiceComponents",
    "Static",
    "Tls",
    "Wire",
]


class ServiceComponents(Model, frozen=True, kw_only=True):
    """The `extra_config` of the service: what the core reads itself, and the rest."""

    SPELLINGS: ClassVar[dict[str, str]] = LEGACY

    router: Router = Router()
    """Options of the router."""

    logging: Logging | None = field(name="telemetry/logging", default=None)
    """The application's log; absent: everything, as lines of text, on the standard output."""

    backends: BackendLimits = field(name="krakpy/backends", default=BackendLimits())
    """What backends may cost a worker (krakpy's own)."""

    wire: Wire = field(name="krakpy/wire", default=Wire())
    """What clients may cost a worker (krakpy's own)."""

    others: Rest = field(default_factory=dict)
    """Every other namespace with its settings: each belongs to an extension."""


class Service(Model, frozen=True, kw_only=True):
    """The root of the file."""

    version: int = 0
    """The version of the format: 3, always."""

    schema: str = field(name="$schema", default="")
    """The address of a JSON Schema, for editors."""

    name: str = ""
    """A label for logs and telemetry."""

    port: Port = 8080
    """The TCP port that is listened on; 0: 8080."""

    listen_ip: str = ""
    """The address that is listened on, IPv4 or IPv6; empty: all."""

    host: tuple[str, ...] = ()
    """The hosts of every backend that names none."""

    timeout: Seconds = 2.0
    """Time for everything behind an endpoint, for endpoints that set none; 0: 2 seconds."""

    cache_ttl: Seconds = 0.0
    """Seconds of `Cache-Control: public, max-age=…`, for endpoints that set none; 0: no header."""

    output_encoding: str = "json"
    """How answers are written, for endpoints that do not say."""

    endpoints: tuple[Endpoint, ...] = ()
    """What the gateway publishes."""

    async_agent: tuple[AsyncAgent, ...] = ()
    """Consumers of events."""

    extra_config: ServiceComponents = ServiceComponents()
    """Components of the service by namespace."""

    plugin: Plugin | None = None
    """Which extensions may load, and how each one runs; absent: third-party code does not load."""

    tls: Tls | None = None
    """The listener's TLS; absent: plain HTTP."""

    client_tls: ClientTls | None = None
    """TLS towards backends; absent: the system's authorities and TLS 1.2 or later."""

    allow_insecure_connections: bool = False
    """Accept any certificate of a backend: the spelling before `client_tls.allow_insecure_connections`."""

    debug_endpoint: bool = False
    """Publish `/__debug/`, which logs what it is asked."""

    echo_endpoint: bool = False
    """Publish `/__echo/`, which answers what it is asked."""

    disable_rest: bool = False
    """Allow parameters that are a part of a segment: `/file.{ext}`."""

    sequential_start: bool = False
    """Start the agents one after the other, before the listener."""

    dns_cache_ttl: Seconds = 30.0
    """Time between two look-ups of the same name, for `"sd": "dns"`; below a second: 30 seconds."""

    max_shutdown_wait_time: Seconds = 0.0
    """Longest wait for requests that are being answered when the gateway stops; 0: as long as they need."""

    use_h2c: bool = False
    """HTTP/2 without TLS on the listener."""

    max_header_bytes: Count = 0
    """Largest head of a request, in bytes, of which 4096 more pass (KrakenD: the same); 0: that of `krakpy/wire`."""

    read_timeout: Seconds = 0.0
    """Time for reading a whole request, body included; 0: no limit."""

    read_header_timeout: Seconds = 0.0
    """Time for reading the head of a request; 0: that of `krakpy/wire`."""

    write_timeout: Seconds = 0.0
    """Time for an answer, from the end of its request's head to the last byte; 0: no limit."""

    idle_timeout: Seconds = 0.0
    """Time that a connection may wait for its next request; 0: `read_timeout`, or else that of `krakpy/wire`."""

    dialer_timeout: Seconds = 0.0
    """Time for connecting to a backend; 0: no limit of its own."""

    dialer_keep_alive: SignedSeconds = 15.0
    """Time between two TCP keep-alive probes to a backend; 0: 15 seconds; negative: none."""

    dialer_fallback_delay: SignedSeconds = 0.3
    """Head start of each address of a backend before the next is tried as well (RFC 8305); 0: 300 ms; negative: the
    next is tried after a failure only."""

    disable_compression: bool = False
    """Do not ask backends for compressed answers on the gateway's own account."""

    disable_keep_alives: bool = False
    """Use a connection to a backend for one request only."""

    max_idle_connections: Count = 0
    """How many connections to all backends wait for their next request; 0: no limit."""

    max_idle_connections_per_host: Count = 250
    """How many connections to one host wait for their next request; 0: 250."""

    idle_connection_timeout: Seconds = 0.0
    """Time that a connection to a backend waits for its next request; 0: no limit."""

    response_header_timeout: Seconds = 0.0
    """Time for a backend's status and headers, from the end of the request; 0: no limit of its own."""

    expect_continue_timeout: Seconds = 0.0
    """Time that a body waits for `100 Continue` when the client asked for it; 0: the body is sent at once."""
