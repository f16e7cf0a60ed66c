"""One endpoint of a configuration as an operation of OpenAPI."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from krakpy_openapi.documentation import NAMESPACE
from krakpy_openapi.references import SCHEMAS

_PARAMETER = re.compile(r"\{([^{}/]+)\}")
_WITH_BODY = ("POST", "PUT", "PATCH")
#: OpenAPI has other words for these headers
_OWN_HEADERS = frozenset({"accept", "content-type", "authorization", "cookie", "*"})
_MEDIA = {"xml": "application/xml", "yaml": "application/yaml", "string": "text/plain"}
_SCHEMA_NAMESPACES = ("validation/json-schema", "github.com/devopsfaith/krakend-jsonschema")
_LIMITS = ("qos/ratelimit/router", "github.com/devopsfaith/krakend-ratelimit/juju/router")
_TEXT: dict[str, Any] = {"type": "string"}


def operation(endpoint: Mapping[str, Any], service: Mapping[str, Any], jwt_key: str) -> dict[str, Any]:
    """The operation; `jwt_key` is the security scheme of an endpoint that asks for a token."""
    said: Mapping[str, Any] = _extra(endpoint).get(NAMESPACE) or {}
    words = {"tags": "tags", "summary": "summary", "description": "description", "operationId": "operation_id"}
    found: dict[str, Any] = {key: said[ours] for key, ours in words.items() if said.get(ours)}
    parameters = _parameters(endpoint, said, service)
    if parameters:
        found["parameters"] = parameters
    body = _body(endpoint, said)
    if body:
        found["requestBody"] = body
    found["responses"] = _responses(endpoint, service, said, is_guarded=bool(jwt_key))
    if said.get("deprecated"):
        found["deprecated"] = True
    if said.get("security") is not None:
        found["security"] = list(said["security"])
    elif jwt_key:
        found["security"] = [{jwt_key: []}]
    return found


def _extra(owner: Mapping[str, Any]) -> Mapping[str, Any]:
    return owner.get("extra_config") or {}


def _parameters(
    endpoint: Mapping[str, Any], said: Mapping[str, Any], service: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What the configuration lets through, with what the documentation says of it."""
    keys = _keys(service)
    query = [name for name in endpoint.get("input_query_strings") or () if name != "*"]
    query = [name for name in query if ("query", name.lower()) not in keys]
    headers = [name for name in endpoint.get("input_headers") or () if name.lower() not in _OWN_HEADERS]
    headers = [name for name in headers if ("header", name.lower()) not in keys]
    known = (
        ("path", "param_definition", _PARAMETER.findall(str(endpoint.get("endpoint", "")))),
        ("query", "query_definition", query),
        ("header", "header_definition", headers),
        ("cookie", "cookie_definition", ()),
    )
    return [parameter for where, key, names in known for parameter in _of_place(where, said.get(key) or (), names)]


def _of_place(
    where: str, definitions: Iterable[Mapping[str, Any]], names: Sequence[str]
) -> Iterable[dict[str, Any]]:
    known = {str(definition.get("name")).lower() for definition in definitions}
    for definition in definitions:
        if not definition.get("hide"):
            yield _parameter(where, definition)
    yield from (_parameter(where, {"name": name}) for name in names if name.lower() not in known)


def _keys(service: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Names that security schemes speak of; they are no parameters."""
    schemes = (_extra(service).get(NAMESPACE) or {}).get("custom_security_schemes") or {}
    found = (scheme for scheme in schemes.values() if isinstance(scheme, dict) and scheme.get("type") == "apiKey")
    return frozenset((str(scheme.get("in")), str(scheme.get("name")).lower()) for scheme in found)


def _parameter(where: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in definition.items() if key not in ("name", "hide", "type", "required")}
    found: dict[str, Any] = {"name": definition.get("name"), "in": where}
    if where == "path" or definition.get("required"):
        found["required"] = True
    if "content" not in kept:
        kept.setdefault("schema", {"type": definition["type"]} if definition.get("type") else dict(_TEXT))
    return found | kept


def _schema_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A media type: its schema, told in one of three ways, and its example."""
    if "schema" in definition:
        found = {"schema": definition["schema"]}
    elif definition.get("ref"):
        reference = str(definition["ref"])
        found = {"schema": {"$ref": reference if reference.startswith("#") else SCHEMAS + reference}}
    elif "example_schema" in definition:
        found = {"schema": definition["example_schema"]}
    else:
        found = {}
    return found | {key: definition[key] for key in ("example", "examples", "encoding") if key in definition}


def _content(definitions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        str(definition.get("content_type") or "application/json"): _schema_of(definition)
        for definition in definitions
        if definition.get("content_type") or _schema_of(definition)
    }


def _body(endpoint: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    definitions = said.get("request_definition") or ()
    if definitions:
        first = definitions[0]
        found = {key: first[key] for key in ("description", "required") if first.get(key)}
        return found | {"content": _content(definitions)}
    schema = next((_extra(endpoint)[name] for name in _SCHEMA_NAMESPACES if name in _extra(endpoint)), None)
    if schema is not None:
        return {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"content": {"*/*": {}}} if str(endpoint.get("method", "")).upper() in _WITH_BODY else {}


def _responses(
    endpoint: Mapping[str, Any], service: Mapping[str, Any], said: Mapping[str, Any], *, is_guarded: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if not said.get("disable_default_response_definitions"):
        found |= _defaults(endpoint, service, said, is_guarded=is_guarded)
    for status, written in (said.get("response_definition") or {}).items():
        definitions = written if isinstance(written, list | tuple) else [written]
        first, content = definitions[0], _content(definitions)
        response = {"description": first.get("description", "")}
        response |= {"headers": first["headers"]} if first.get("headers") else {}
        found[str(status)] = response | ({"content": content} if content else {})
    return found or {"default": {"description": ""}}


def _defaults(
    endpoint: Mapping[str, Any], service: Mapping[str, Any], said: Mapping[str, Any], *, is_guarded: bool
) -> dict[str, Any]:
    """The answers that follow from the configuration."""
    encoding = endpoint.get("output_encoding") or service.get("output_encoding") or "json"
    media = _MEDIA.get(encoding, "application/json")
    good: dict[str, Any] = {"description": "The answer"}
    if encoding != "no-op":
        schema = {"type": "array", "items": {}} if encoding == "json-collection" else {"type": "object"}
        content = {"schema": dict(_TEXT) if encoding == "string" else schema}
        good["content"] = {media: content | ({"example": said["example"]} if "example" in said else {})}
    found = {"200": good}
    if is_guarded:
        found["401"] = {"description": "No token, or not a good one"}
        found["403"] = {"description": "The token is not enough"}
    limits: Mapping[str, Any] = next((_extra(endpoint)[name] for name in _LIMITS if name in _extra(endpoint)), {})
    if limits.get("client_max_rate"):
        found["429"] = {"description": "The client asks too often"}
    if limits.get("max_rate"):
        found["503"] = {"description": "Too many requests of all clients together"}
    return found | {"500": {"description": "No backend gave an answer"}}
