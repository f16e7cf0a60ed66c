"""A configuration → OpenAPI 3: what clients can ask the gateway for.

    exported(configuration, audience="public").document
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from krakpy_openapi.documentation import NAMESPACE
from krakpy_openapi.endpoints import operation
from krakpy_openapi.importing import METHODS

VERSION = "3.0.3"
JWT_KEY = "KrakenD-JWT"
_VALIDATORS = (
    "auth/validator", "github.com/devopsfaith/krakend-jose/validator", "github_com/devopsfaith/krakend-jose/validator",
)


@dataclass(kw_only=True)
class Exported:
    """A document, and the endpoints that it cannot hold."""

    document: dict[str, Any]
    left_out: list[str] = field(default_factory=list)


def exported(configuration: Mapping[str, Any], *, audience: str = "") -> Exported:
    """The document of a configuration; of the endpoints for an audience alone, if there is one."""
    service = _extra(configuration).get(NAMESPACE) or {}
    paths: dict[str, Any] = {}
    left_out: list[str] = []
    jwt_key = service.get("jwt_key") or JWT_KEY
    is_guarded = False
    for endpoint in configuration.get("endpoints") or ():
        if not _is_for(endpoint, audience):
            continue
        reason = _unwritable(endpoint)
        if reason:
            left_out.append(reason)
            continue
        guard = next((_extra(endpoint)[name] for name in _VALIDATORS if name in _extra(endpoint)), None)
        is_guarded = is_guarded or guard is not None
        path, method = _path(endpoint), _method(endpoint)
        paths.setdefault(path, {})[method] = operation(endpoint, configuration, jwt_key if guard is not None else "")
    document = _head(configuration, service) | {"paths": dict(sorted(paths.items()))}
    components = _components(service, jwt_key if is_guarded else "")
    return Exported(document=document | ({"components": components} if components else {}), left_out=left_out)


def _extra(owner: Mapping[str, Any]) -> Mapping[str, Any]:
    return owner.get("extra_config") or {}


def _is_for(endpoint: Mapping[str, Any], audience: str) -> bool:
    return not audience or audience in ((_extra(endpoint).get(NAMESPACE) or {}).get("audience") or ())


def _path(endpoint: Mapping[str, Any]) -> str:
    return "/" + str(endpoint.get("endpoint", "")).removeprefix("/")


def _method(endpoint: Mapping[str, Any]) -> str:
    return str(endpoint.get("method") or "GET").lower()


def _unwritable(endpoint: Mapping[str, Any]) -> str:
    path, method = _path(endpoint), _method(endpoint)
    if "*" in path:
        return f"{method.upper()} {path}: OpenAPI has no paths with an open end"
    return "" if method in METHODS else f"{method.upper()} {path}: gateways do not serve it"


def _head(configuration: Mapping[str, Any], service: Mapping[str, Any]) -> dict[str, Any]:
    head: dict[str, Any] = {"openapi": service.get("openapi") or VERSION, "info": _info(configuration, service)}
    servers = _servers(service)
    if servers:
        head["servers"] = servers
    if service.get("tag_definition"):
        head["tags"] = list(service["tag_definition"])
    if service.get("security"):
        head["security"] = list(service["security"])
    return head


def _info(configuration: Mapping[str, Any], service: Mapping[str, Any]) -> dict[str, Any]:
    info: dict[str, Any] = {"title": configuration.get("name") or "API"}
    info |= _kept({"description": service.get("description"), "termsOfService": service.get("terms_of_service")})
    contact = _kept({word: service.get(f"contact_{word}") for word in ("name", "url", "email")})
    licence = _kept({word: service.get(f"license_{word}") for word in ("name", "url")})
    info |= _kept({"contact": contact, "license": licence if "name" in licence else None})
    return info | {"version": service.get("version") or "1.0.0"}


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _servers(service: Mapping[str, Any]) -> list[Any]:
    if service.get("servers"):
        return list(service["servers"])
    base = service.get("base_path") or ""
    if not service.get("host"):
        return [{"url": base}] if base else []
    return [{"url": f"{scheme}://{service['host']}{base}"} for scheme in service.get("schemes") or ("https",)]


def _components(service: Mapping[str, Any], jwt_key: str) -> dict[str, Any]:
    schemes = dict(service.get("custom_security_schemes") or {})
    if jwt_key:
        schemes.setdefault(jwt_key, {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    return _kept({"schemas": service.get("components_schemas"), "securitySchemes": schemes})
