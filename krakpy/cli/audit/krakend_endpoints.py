"""KrakenD's rules 5 to 7: how endpoints are made, agents, and what has a successor (wording ours)."""
from __future__ import annotations

from collections.abc import Iterator

from krakpy.cli.audit.audited import Audited
from krakpy.cli.audit.krakend_security import within
from krakpy.cli.audit.rule import Find, Rule
from krakpy.config.model import Endpoint

MANY_AGENTS = 10
_SAFE = ("GET", "HEAD")


def _set(key: str) -> Find:
    """Where the service has a switch on."""
    return lambda audited: [key] if getattr(audited.service, key) else ()


def _wildcards(audited: Audited) -> Iterator[str]:
    return (f"{place}.endpoint" for place, endpoint in audited.endpoints() if endpoint.endpoint.endswith("*"))


def _catch_all(audited: Audited) -> Iterator[str]:
    return (f"{place}.endpoint" for place, endpoint in audited.endpoints() if endpoint.endpoint == "/__catchall")


def _writes(endpoint: Endpoint) -> int:
    """How many of its backends are asked to change something."""
    otherwise = endpoint.method or "GET"
    return sum(
        (backend.method or otherwise).upper() not in _SAFE or "backend/grpc" in backend.extra_config.others
        for backend in endpoint.backend
    )


def _several_writes(audited: Audited) -> Iterator[str]:
    return (f"{place}.backend" for place, endpoint in audited.endpoints() if _writes(endpoint) > 1)


def _sequences(audited: Audited) -> Iterator[str]:
    for place, endpoint in audited.endpoints():
        if endpoint.extra_config.proxy.sequential:
            yield f"{place}.extra_config.proxy.sequential"


def _no_backends(audited: Audited) -> Iterator[str]:
    return (f"{place}.backend" for place, endpoint in audited.endpoints() if not endpoint.backend)


def _single_backends(audited: Audited) -> Iterator[str]:
    if all(len(endpoint.backend) < 2 for _, endpoint in audited.endpoints()):
        yield "endpoints"


def _all_no_op(audited: Audited) -> Iterator[str]:
    if all(audited.output_encoding(endpoint) == "no-op" for _, endpoint in audited.endpoints()):
        yield "endpoints"


def _agents_in_turn(audited: Audited) -> Iterator[str]:
    if audited.service.sequential_start and len(audited.service.async_agent) >= MANY_AGENTS:
        yield "sequential_start"


def _listed(namespace: str, hook: str) -> Find:
    return lambda audited: audited.listing(namespace, hook)


def _single_key_pair(audited: Audited) -> Iterator[str]:
    tls = audited.service.tls
    return (f"tls.{key}" for key in ("public_key", "private_key") if tls and getattr(tls, key))


SERVER, CLIENT, MODIFIER = "plugin/http-server", "plugin/http-client", "plugin/req-resp-modifier"


def _superseded(id: str, namespace: str, name: str, successor: str) -> Rule:
    return Rule(id, "HIGH", f"Replace the plugin {name} by {successor}.", _listed(namespace, name))


def _outlived(id: str, name: str) -> Rule:
    return Rule(id, "HIGH", f"Replace {name} by telemetry/opentelemetry.", within(name))


ENDPOINTS = (
    Rule("5.1.1", "LOW", "Let parameters be whole segments of a path.", _set("disable_rest")),
    Rule("5.1.2", "LOW", "Switch the debug endpoint off.", _set("debug_endpoint")),
    Rule("5.1.3", "LOW", "Switch the echo endpoint off.", _set("echo_endpoint")),
    Rule("5.1.4", "LOW", "Declare the endpoints that there are instead of a wildcard.", _wildcards),
    Rule("5.1.5", "MEDIUM", "Declare the endpoints that there are instead of /__catchall.", _catch_all),
    Rule("5.1.6", "MEDIUM", "Change something in one backend at most: nothing undoes the others.", _several_writes),
    Rule("5.1.7", "MEDIUM", "Ask backends at once rather than one after the other.", _sequences),
    Rule("5.2.1", "CRITICAL", "Give every endpoint a backend.", _no_backends),
    Rule("5.2.2", "LOW", "Let the gateway join backends, so that clients ask once.", _single_backends),
    Rule("5.2.3", "LOW", "Let the gateway shape answers: no-op ties clients to backends.", _all_no_op),
    Rule("6.1.1", "LOW", "Start many agents at once, not one after the other.", _agents_in_turn),
    _superseded("7.1.1", SERVER, "virtualhost", "server/virtualhost"),
    _superseded("7.1.2", SERVER, "static-filesystem", "server/static-filesystem"),
    _superseded("7.1.3", SERVER, "basic-auth", "auth/basic"),
    _superseded("7.1.4", SERVER, "wildcard", "an endpoint that ends in /*"),
    _superseded("7.1.5", CLIENT, "http-proxy", "proxy_address of backend/http/client"),
    _superseded("7.1.6", CLIENT, "static-filesystem", "backend/static-filesystem"),
    _superseded("7.1.7", CLIENT, "no-redirect", "no_redirect of backend/http/client"),
    _superseded("7.1.8", MODIFIER, "content-replacer", "modifier/response-body"),
    _superseded("7.1.9", MODIFIER, "response-schema-validator", "validation/response-json-schema"),
    _outlived("7.2.1", "telemetry/ganalytics"),
    _outlived("7.2.2", "telemetry/instana"),
    _outlived("7.2.3", "telemetry/opencensus"),
    _outlived("7.2.4", "telemetry/influx"),
    Rule("7.3.1", "MEDIUM", "Write the listener's certificates in tls.keys.", _single_key_pair),
)
