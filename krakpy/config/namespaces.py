"""Every namespace of `extra_config` that KrakenD knows: its edition, and where it may stand.

The core answers a few of them itself (`CORE`); extensions answer all others.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Level = Literal["service", "endpoint", "backend", "agent"]
Edition = Literal["CE", "EE"]


class Namespace(NamedTuple):
    """One component of KrakenD's."""

    edition: Edition
    levels: frozenset[Level]


CORE: dict[Level, frozenset[str]] = {
    "service": frozenset({"router", "telemetry/logging", "krakpy/backends", "krakpy/wire"}),
    "endpoint": frozenset({"proxy"}),
    "backend": frozenset({"proxy", "backend/http", "backend/http/client"}),
    "agent": frozenset({"proxy"}),
}
"""What the core answers itself, without an extension."""

_LETTERS: dict[str, Level] = {"S": "service", "E": "endpoint", "B": "backend", "A": "agent"}

_COMMUNITY = {
    "router": "S",
    "proxy": "EBA",
    "plugin/http-server": "S",
    "plugin/http-client": "B",
    "plugin/req-resp-modifier": "EBA",
    "telemetry/logging": "S",
    "telemetry/gelf": "S",
    "telemetry/logstash": "S",
    "telemetry/metrics": "S",
    "telemetry/influx": "S",
    "telemetry/opentelemetry": "SEB",
    "telemetry/opencensus": "S",
    "security/cors": "S",
    "security/http": "S",
    "security/bot-detector": "SE",
    "auth/validator": "SE",
    "auth/signer": "E",
    "auth/revoker": "S",
    "auth/client-credentials": "B",
    "qos/ratelimit/router": "E",
    "qos/ratelimit/proxy": "B",
    "qos/circuit-breaker": "B",
    "qos/http-cache": "B",
    "validation/cel": "EBA",
    "validation/json-schema": "EA",
    "modifier/lua-endpoint": "SE",
    "modifier/lua-proxy": "EA",
    "modifier/lua-backend": "B",
    "modifier/martian": "B",
    "backend/http": "B",
    "backend/http/client": "B",
    "backend/graphql": "B",
    "backend/lambda": "B",
    "backend/amqp/consumer": "B",
    "backend/amqp/producer": "B",
    "backend/pubsub/publisher": "B",
    "backend/pubsub/subscriber": "B",
    "async/amqp": "A",
}

_ENTERPRISE = {
    "ai/llm": "B",
    "ai/mcp": "SE",
    "async/kafka": "A",
    "auth/api-keys": "SE",
    "auth/aws-sigv4": "B",
    "auth/basic": "SE",
    "auth/gcp": "B",
    "auth/ntlm": "B",
    "backend/conditional": "B",
    "backend/grpc": "B",
    "backend/pubsub/publisher/kafka": "B",
    "backend/pubsub/subscriber/kafka": "B",
    "backend/soap": "B",
    "backend/static-filesystem": "B",
    "documentation/openapi": "SE",
    "documentation/postman": "SE",
    "governance/processors": "S",
    "governance/quota": "SEB",
    "grpc": "S",
    "modifier/body-generator": "B",
    "modifier/jmespath": "EB",
    "modifier/request-body-extractor": "SE",
    "modifier/request-body-extractor/early": "E",
    "modifier/request-body-generator": "EB",
    "modifier/response-body": "EB",
    "modifier/response-body-generator": "EB",
    "modifier/response-headers": "S",
    "plugin/middleware": "EB",
    "qos/circuit-breaker/http": "B",
    "qos/ratelimit/router/redis": "E",
    "qos/ratelimit/service": "S",
    "qos/ratelimit/service/redis": "S",
    "qos/ratelimit/tiered": "SE",
    "redis": "S",
    "security/policies": "EB",
    "server/static-filesystem": "S",
    "server/virtualhost": "S",
    "telemetry/moesif": "S",
    "telemetry/newrelic": "S",
    "telemetry/opentelemetry-security": "S",
    "validation/response-json-schema": "EB",
    "websocket": "E",
    "workflow": "B",
}


def _table(edition: Edition, letters: dict[str, str]) -> dict[str, Namespace]:
    return {
        name: Namespace(edition, frozenset(_LETTERS[letter] for letter in where)) for name, where in letters.items()
    }


NAMESPACES: dict[str, Namespace] = _table("CE", _COMMUNITY) | _table("EE", _ENTERPRISE)
"""Namespace -> what KrakenD has under it."""

PROTECTED = ("auth/", "security/", "validation/", "qos/")
"""How the names of protections begin: a gateway without its guards is not the gateway that was asked for."""


def may_guard(namespace: str) -> bool:
    """Whether a namespace may be what refuses requests: a protection, or code that somebody wrote for it."""
    return namespace.startswith((*PROTECTED, "plugin/", "modifier/lua-"))


_OVER_HTTP = frozenset(
    {"backend/http", "backend/http/client", "backend/graphql", "backend/soap", "backend/conditional"}
)


def may_replace_http(namespaces: Iterable[str]) -> bool:
    """Whether one of a backend's namespaces may ask something else than a host over HTTP (a queue, a function)."""
    return any(
        name not in NAMESPACES or name in ("plugin/http-client", "ai/llm", "workflow") or _is_transport(name)
        for name in namespaces
    )


def _is_transport(name: str) -> bool:
    return name.startswith("backend/") and name not in _OVER_HTTP


def may_authenticate(namespaces: Iterable[str]) -> bool:
    """Whether one of an endpoint's namespaces may read a token (and so give values to `{JWT.sub}`)."""
    return any(name not in NAMESPACES or name == "auth/validator" or name.startswith("plugin/") for name in namespaces)
