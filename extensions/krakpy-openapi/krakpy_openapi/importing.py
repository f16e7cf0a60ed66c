"""OpenAPI 3 → a configuration: an endpoint for each operation, in front of the API that the document describes.

    configuration(read("openapi.yaml"), Wishes()).document
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from krakpy_sdk import LoadError

from krakpy_openapi import shapes
from krakpy_openapi.documentation import NAMESPACE
from krakpy_openapi.operations import Operation
from krakpy_openapi.paths import PARAMETER, Paths, unserved

METHODS = ("get", "post", "put", "patch", "delete")
_OTHERS = ("head", "options", "trace", "connect")
_HOST = re.compile(r"https?://[a-zA-Z0-9._\-]+(:[0-9]{2,6})?\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What the caller wants otherwise."""

    hosts: tuple[str, ...] = ()
    """Where the API is, instead of the document's servers."""
    prefix: str = ""
    """What stands before every path of the gateway."""
    is_bare: bool = False
    """Whether to leave the documentation out."""


@dataclass(kw_only=True)
class Imported:
    """A configuration, and what could not be taken over."""

    document: dict[str, Any]
    left_out: list[str] = field(default_factory=list)


def configuration(document: Mapping[str, Any], wishes: Wishes) -> Imported:
    """The configuration of a document. Raises LoadError where none can be made."""
    version = document.get("openapi")
    if not isinstance(version, str) or not version.startswith("3."):
        found = f"`openapi: {version}`" if version else "no `openapi` key"
        raise LoadError(f"an OpenAPI 3 document is expected, and there is {found}", place="openapi")
    shapes.check(document)
    return _Import(document, wishes).carried_out()


class _Import:
    def __init__(self, document: Mapping[str, Any], wishes: Wishes) -> None:
        self._document = document
        self._wishes = wishes
        self._left_out: list[str] = []
        self._paths = Paths()

    def carried_out(self) -> Imported:
        hosts, base = self._servers()
        endpoints = list(self._endpoints(hosts, base))
        info = self._document.get("info") or {}
        found: dict[str, Any] = {"version": 3, "name": str(info.get("title") or "API"), "endpoints": endpoints}
        if not self._wishes.is_bare:
            found["extra_config"] = {NAMESPACE: service_documentation(self._document)}
        return Imported(document=found, left_out=self._left_out)

    def _servers(self) -> tuple[list[str], str]:
        """The hosts of the backends, and the path before each `url_pattern`."""
        servers = self._document.get("servers") or ()
        urls = [_filled_in(server) for server in servers if isinstance(server, dict)]
        base = _path_of(urls[0]) if urls else ""
        if self._wishes.hosts:
            return [_origin(host) for host in self._wishes.hosts], _path_of(self._wishes.hosts[0]) or base
        if not any("://" in url for url in urls):
            remedy = "Say where the API is: --host http://HOST:PORT"
            raise LoadError("no server of the document is an address", place="servers", remedy=remedy)
        first = next(url for url in urls if "://" in url)
        return [_origin(first)], _path_of(first)

    def _endpoints(self, hosts: list[str], base: str) -> Iterator[dict[str, Any]]:
        for path, shared in (self._document.get("paths") or {}).items():
            unusual = [method.upper() for method in _OTHERS if method in shared]
            self._left_out += [f"{method} {path}: gateways do not serve it" for method in unusual]
            reason = unserved(path)
            if reason:
                self._left_out.append(f"{path}: {reason}")
                continue
            for method in METHODS:
                if method in shared:
                    yield self._endpoint(path, method, shared, hosts, base)

    def _endpoint(
        self, path: str, method: str, shared: Mapping[str, Any], hosts: list[str], base: str
    ) -> dict[str, Any]:
        place = f"paths.{path}.{method}"
        operation = Operation(shared[method], shared, self._document, place)
        needs = operation.needs()
        named, names = self._paths.named(path)
        backend: dict[str, Any] = {"host": hosts, "url_pattern": base + named}
        found: dict[str, Any] = {"endpoint": self._wishes.prefix.rstrip("/") + named, "method": method.upper()}
        found |= _encodings(operation.answer(), backend)
        if needs.query:
            found["input_query_strings"] = needs.query
        if needs.headers:
            found["input_headers"] = needs.headers
        found["backend"] = [backend]
        if not self._wishes.is_bare:
            found["extra_config"] = {NAMESPACE: operation.documentation(names)}
        return found


def _path_of(url: str) -> str:
    return urlsplit(url).path.rstrip("/")


def _origin(url: str) -> str:
    """The address without its path. Raises LoadError for what a backend cannot have."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    if not _HOST.match(origin):
        remedy = "Say where the API is: --host http://HOST:PORT"
        raise LoadError(f"{url!r} is no address of a backend", place="servers", remedy=remedy)
    return origin


def _encodings(answer: str, backend: dict[str, Any]) -> dict[str, str]:
    """JSON is decoded, everything else is passed on as it is."""
    if not answer:
        backend["encoding"] = "no-op"
        return {"output_encoding": "no-op"}
    backend["encoding"] = "json"
    if answer == "array":
        backend["is_collection"] = True
        return {"output_encoding": "json-collection"}
    return {"output_encoding": "json"}


def _filled_in(server: Mapping[str, Any]) -> str:
    """The address of a server, with the defaults of its variables."""
    variables = server.get("variables") or {}
    defaults = {name: str((variable or {}).get("default", "")) for name, variable in variables.items()}
    return PARAMETER.sub(lambda match: defaults.get(match[1], ""), str(server.get("url", "")))


def service_documentation(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the document says of the whole API, as settings of `documentation/openapi`."""
    info = document.get("info") or {}
    contact, licence = info.get("contact") or {}, info.get("license") or {}
    components = document.get("components") or {}
    found = {
        "openapi": document.get("openapi"),
        "version": str(info.get("version", "")),
        "description": info.get("description"),
        "terms_of_service": info.get("termsOfService"),
        "contact_name": contact.get("name"),
        "contact_email": contact.get("email"),
        "contact_url": contact.get("url"),
        "license_name": licence.get("name"),
        "license_url": licence.get("url"),
        "tag_definition": document.get("tags"),
        "components_schemas": components.get("schemas"),
        "custom_security_schemes": components.get("securitySchemes"),
        "security": document.get("security"),
    }
    return {key: value for key, value in found.items() if value}
