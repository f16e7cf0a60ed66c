"""KrakenD's rules 1 and 2: who may ask, and what the service shows of itself (wording ours)."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

from krakpy.cli.audit.audited import Audited
from krakpy.cli.audit.rule import Find, Rule


def within(namespace: str) -> Find:
    """Where the service itself has the namespace."""
    return lambda audited: [f"extra_config.{namespace}"] if namespace in audited.components else ()


def without(namespace: str) -> Find:
    """Where the service should have the namespace and does not."""
    return lambda audited: () if namespace in audited.components else [f"extra_config.{namespace}"]


def _basic_auth(audited: Audited) -> Iterator[str]:
    yield from (place for place, _ in audited.uses("auth/basic") if ".backend[" not in place)
    yield from audited.listing("plugin/http-server", "basic-auth")


def _no_tokens(audited: Audited) -> Iterator[str]:
    if not any("auth/validator" in endpoint.extra_config.others for _, endpoint in audited.endpoints()):
        yield "endpoints"


def _insecure_backends(audited: Audited) -> Iterator[str]:
    if audited.service.allow_insecure_connections:
        yield "allow_insecure_connections"
    if audited.service.client_tls and audited.service.client_tls.allow_insecure_connections:
        yield "client_tls.allow_insecure_connections"


def _no_tls(audited: Audited) -> Iterator[str]:
    if audited.service.tls is None:
        yield "tls"


def _tls_switched_off(audited: Audited) -> Iterator[str]:
    if audited.service.tls and audited.service.tls.disabled:
        yield "tls.disabled"


def _h2c(audited: Audited) -> Iterator[str]:
    if audited.service.use_h2c:
        yield "use_h2c"
    if audited.service.extra_config.router.use_h2c:
        yield "extra_config.router.use_h2c"


def _insecure_backend(audited: Audited) -> Iterator[str]:
    for place, backend in audited.backends():
        tls = backend.extra_config.http_client.client_tls
        if tls and tls.allow_insecure_connections:
            yield f"{place}.extra_config.backend/http/client.client_tls.allow_insecure_connections"


def _version_shown(audited: Audited) -> Iterator[str]:
    if not audited.service.extra_config.router.hide_version_header:
        yield "extra_config.router.hide_version_header"


def _every_header(audited: Audited) -> Iterator[str]:
    return (f"{place}.input_headers" for place, endpoint in audited.endpoints() if "*" in endpoint.input_headers)


def _every_query(audited: Audited) -> Iterator[str]:
    for place, endpoint in audited.endpoints():
        if "*" in endpoint.input_query_strings:
            yield f"{place}.input_query_strings"


def _empty_grpc(audited: Audited) -> Iterator[str]:
    settings = audited.components.get("grpc")
    server = settings.get("server") if isinstance(settings, Mapping) else None
    if isinstance(server, Mapping) and not server.get("services"):
        yield "extra_config.grpc.server.services"


def _endless_cache(audited: Audited) -> Iterator[str]:
    for place, settings in audited.uses("qos/http-cache"):
        caps = settings if isinstance(settings, Mapping) else {}
        if ".backend[" in place and not (caps.get("max_items") and caps.get("max_size")):
            yield place


SECURITY = (
    Rule("1.1.1", "HIGH", "Replace basic authentication by something that sends no password each time.", _basic_auth),
    Rule("1.1.2", "MEDIUM", "Prefer signed tokens to API keys, which never expire.", within("auth/api-keys")),
    Rule("1.2.1", "HIGH", "Guard endpoints with signed tokens (auth/validator): none has them.", _no_tokens),
    Rule("2.1.1", "HIGH", "Check the certificates of backends: any is accepted.", _insecure_backends),
    Rule("2.1.2", "HIGH", "Serve TLS, or put something in front of the gateway that does.", _no_tls),
    Rule("2.1.3", "CRITICAL", "Switch TLS on: it is configured, and disabled.", _tls_switched_off),
    Rule("2.1.7", "HIGH", "Send the headers that protect browsers (security/http).", without("security/http")),
    Rule("2.1.8", "HIGH", "Do not speak HTTP/2 without TLS.", _h2c),
    Rule("2.1.9", "LOW", "Check the certificates of inner backends too.", _insecure_backend),
    Rule("2.2.1", "MEDIUM", "Hide the version from clients.", _version_shown),
    Rule("2.2.2", "HIGH", "Say which origins browsers may ask from (security/cors).", without("security/cors")),
    Rule("2.2.3", "HIGH", "Name the headers that backends need instead of forwarding all.", _every_header),
    Rule("2.2.4", "HIGH", "Name the query strings that backends need instead of forwarding all.", _every_query),
    Rule("2.2.5", "LOW", "Remove the gRPC server, or give it services.", _empty_grpc),
    Rule("2.3.1", "MEDIUM", "Give the cache of answers both of its caps, max_items and max_size.", _endless_cache),
)
