"""What the seats are given: the configuration with every default filled in and every value in its final form.

    settings = resolve(service)
    settings.endpoints[0].backends[0].timeout_s

The classes satisfy the Protocols of `krakpy_sdk.seats`.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from krakpy_sdk import seats

from krakpy.config import durations, hosts, routes
from krakpy.config.given import Given
from krakpy.config.listener import ListenerSettings, listening
from krakpy.config.model import (
    Backend,
    BackendHttp,
    BackendHttpClient,
    BackendProxy,
    Endpoint,
    EndpointProxy,
    Logging,
    Plugin,
    Router,
    Service,
)
from krakpy.config.transport import TransportSettings, towards_backends

DEFAULT_PORT = 8080
DEFAULT_TIMEOUT_S = 2.0
DEFAULT_DNS_CACHE_TTL_S = 30.0

#: share of an endpoint's timeout, in percent, that several backends together may use
MERGE_SHARE = 85

NO_OP = "no-op"


class BackendSettings(Given, frozen=True, kw_only=True):
    """One upstream of one endpoint."""

    index: int
    endpoint: str
    endpoint_method: str
    method: str
    hosts: tuple[str, ...]
    url_pattern: str
    encoding: str
    is_collection: bool
    is_no_op: bool
    group: str
    target: str
    allow: tuple[str, ...]
    deny: tuple[str, ...]
    mapping: Mapping[str, str]
    input_headers: tuple[str, ...]
    input_query_strings: tuple[str, ...]
    sd: str
    sd_scheme: str
    dns_cache_ttl_s: float
    timeout_s: float
    concurrent_calls: int
    proxy: BackendProxy
    http: BackendHttp
    http_client: BackendHttpClient
    transport: TransportSettings
    discover: Callable[[], Sequence[str]] = tuple
    """Gives the hosts as they are now; put here when the pipeline is built."""
    decode: Callable[[bytes, bool], dict[str, Any] | None] | None = None
    """Turns a body and `is_collection` into the document; put here when the pipeline is built."""


class Mirror(msgspec.Struct, frozen=True, kw_only=True):
    """What asks the shadow backends of an endpoint, and how many copies, with what bodies, may be under way at once."""

    proxy: seats.Proxy
    timeout_s: float
    max_copies: int
    max_bytes: int


class EndpointSettings(Given, frozen=True, kw_only=True):
    """One path and method that is published."""

    endpoint: str
    method: str
    timeout_s: float
    merge_timeout_s: float
    cache_ttl_s: float
    output_encoding: str
    is_no_op: bool
    input_headers: tuple[str, ...]
    input_query_strings: tuple[str, ...]
    concurrent_calls: int
    parameters: tuple[str, ...]
    sequential_propagated_params: tuple[str, ...]
    proxy: EndpointProxy
    backends: tuple[BackendSettings, ...]
    is_tls: bool = False
    """Whether clients come over TLS that this gateway ends."""
    mirror: Mirror | None = None
    """What asks its shadow backends; put here, and those taken from `backends`, when the pipeline is built."""


class ServiceSettings(Given, frozen=True, kw_only=True):
    """The whole gateway."""

    port: int
    listen_ip: str
    timeout_s: float
    cache_ttl_s: float
    shutdown_wait_s: float
    debug_endpoint: bool
    echo_endpoint: bool
    disable_rest: bool
    router: Router
    logging: Logging | None
    plugin: Plugin | None
    transport: TransportSettings
    listener: ListenerSettings = ListenerSettings()
    endpoints: tuple[EndpointSettings, ...]


def resolve(service: Service) -> ServiceSettings:
    """The settings of a service that has been checked; what it does not say is filled in (KrakenD: Init)."""
    transport = towards_backends(service)
    return ServiceSettings(
        name=service.name,
        port=service.port or DEFAULT_PORT,
        listen_ip=service.listen_ip,
        timeout_s=service.timeout or DEFAULT_TIMEOUT_S,
        cache_ttl_s=service.cache_ttl,
        shutdown_wait_s=service.max_shutdown_wait_time,
        debug_endpoint=service.debug_endpoint,
        echo_endpoint=service.echo_endpoint,
        disable_rest=service.disable_rest,
        router=service.extra_config.router,
        logging=service.extra_config.logging,
        plugin=service.plugin,
        transport=transport,
        listener=listening(service),
        endpoints=tuple(
            _endpoint(endpoint, service, transport, f"endpoints[{index}]")
            for index, endpoint in enumerate(service.endpoints)
        ),
        extra_config=service.extra_config.others,
        service=service.extra_config.others,
        max_kept_body=service.extra_config.wire.max_kept_body,
    )


def _endpoint(endpoint: Endpoint, service: Service, transport: TransportSettings, place: str) -> EndpointSettings:
    route = routes.parse(endpoint.endpoint, is_rest=not service.disable_rest)
    timeout_s = endpoint.timeout or service.timeout or DEFAULT_TIMEOUT_S
    output_encoding = endpoint.output_encoding or service.output_encoding or "json"
    settings = EndpointSettings(
        place=place,
        endpoint=route.path,
        method=endpoint.method.upper() or "GET",
        timeout_s=timeout_s,
        merge_timeout_s=durations.share(timeout_s, MERGE_SHARE),
        cache_ttl_s=endpoint.cache_ttl or service.cache_ttl,
        output_encoding=output_encoding,
        is_no_op=output_encoding == NO_OP,
        input_headers=tuple(canonical(name) for name in endpoint.input_headers),
        input_query_strings=endpoint.input_query_strings,
        concurrent_calls=endpoint.concurrent_calls or 1,
        parameters=route.parameters,
        sequential_propagated_params=endpoint.extra_config.proxy.sequential_propagated_params,
        proxy=endpoint.extra_config.proxy,
        backends=(),
        name=service.name,
        extra_config=endpoint.extra_config.others,
        service=service.extra_config.others,
        max_kept_body=service.extra_config.wire.max_kept_body,
        is_tls=listening(service).tls is not None,
    )
    backends = tuple(
        _backend(backend, index, settings, service, transport) for index, backend in enumerate(endpoint.backend)
    )
    return msgspec.structs.replace(settings, backends=backends)


def _backend(
    backend: Backend, index: int, endpoint: EndpointSettings, service: Service, transport: TransportSettings
) -> BackendSettings:
    encoding = NO_OP if endpoint.is_no_op else backend.encoding.lower() or "json"
    addresses = _hosts(backend, service)
    components = backend.extra_config
    return BackendSettings(
        place=f"{endpoint.place}.backend[{index}]",
        index=index,
        endpoint=endpoint.endpoint,
        endpoint_method=endpoint.method,
        method=backend.method.upper() or endpoint.method,
        hosts=addresses,
        # NOTE: no lambda, which could not be sent from the process that reads a configuration to the master
        discover=partial(tuple, addresses),
        url_pattern=routes.with_slash(backend.url_pattern),
        encoding=encoding,
        is_collection=backend.is_collection,
        is_no_op=encoding == NO_OP,
        group=backend.group,
        target=backend.target,
        allow=backend.allow,
        deny=backend.deny,
        mapping=backend.mapping,
        input_headers=tuple(canonical(name) for name in backend.input_headers),
        input_query_strings=backend.input_query_strings,
        sd=backend.sd or "static",
        sd_scheme=backend.sd_scheme or "http",
        dns_cache_ttl_s=_dns_cache_ttl_s(service),
        timeout_s=endpoint.timeout_s,
        concurrent_calls=endpoint.concurrent_calls,
        proxy=components.proxy,
        http=components.http,
        http_client=components.http_client,
        transport=transport,
        name=endpoint.name,
        extra_config=components.others,
        service=endpoint.service,
        max_kept_body=endpoint.max_kept_body,
    )


def unrouted(service: ServiceSettings) -> EndpointSettings:
    """The settings of what the router answers itself: of the service, with no endpoint, method or backend."""
    return EndpointSettings(
        endpoint="",
        method="",
        timeout_s=service.timeout_s,
        merge_timeout_s=service.timeout_s,
        cache_ttl_s=service.cache_ttl_s,
        output_encoding=NO_OP,
        is_no_op=True,
        input_headers=(),
        input_query_strings=(),
        concurrent_calls=1,
        parameters=(),
        sequential_propagated_params=(),
        proxy=EndpointProxy(),
        backends=(),
        name=service.name,
        service=service.service,
        max_kept_body=service.max_kept_body,
        is_tls=service.listener.tls is not None,
    )


def _dns_cache_ttl_s(service: Service) -> float:
    # NOTE: KrakenD leaves out what is shorter than a second
    return service.dns_cache_ttl if service.dns_cache_ttl >= 1.0 else DEFAULT_DNS_CACHE_TTL_S


def _hosts(backend: Backend, service: Service) -> tuple[str, ...]:
    if not backend.host:
        return tuple(hosts.sanitise(host) for host in service.host)
    if backend.disable_host_sanitize:
        return backend.host
    return tuple(hosts.sanitise(host) for host in backend.host)


_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def canonical(name: str) -> str:
    """The usual form of a header's name (`x-user-id` -> `X-User-Id`); what is no name stays as it is."""
    if not name or not _TOKEN.issuperset(name):
        return name
    return "-".join(part.capitalize() for part in name.split("-"))


_server: type[seats.ServerSettings] = ServiceSettings
_router: type[seats.RouterSettings] = EndpointSettings
_backend_claim: type[seats.ClientSettings] = BackendSettings
