"""What an operation of OpenAPI is as an endpoint's `documentation/openapi`, and which parts of requests it needs."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from krakpy_sdk import LoadError

from krakpy_openapi.references import References

#: headers that OpenAPI says are none of its parameters
_OWN_HEADERS = frozenset({"accept", "content-type", "authorization"})
_DEFINITIONS = {where: f"{where}_definition" for where in ("query", "header", "cookie")} | {"path": "param_definition"}


@dataclass(kw_only=True)
class Needs:
    """What of a request has to reach the backend."""

    query: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    def add_query(self, name: str) -> None:
        """One more parameter of the query."""
        if name not in self.query:
            self.query.append(name)

    def add_header(self, name: str) -> None:
        """One more header."""
        if name.lower() not in (known.lower() for known in self.headers):
            self.headers.append(name)


class Operation:
    """One operation of a path."""

    def __init__(
        self, operation: Mapping[str, Any], shared: Mapping[str, Any], document: Mapping[str, Any], place: str
    ) -> None:
        self._operation = operation
        self._references = References(document)
        self._document = document
        self._place = place
        self.parameters = self._parameters(shared)

    def _parameters(self, shared: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The operation's, and those of its path that it does not replace."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for place, owner in ((self._place.rpartition(".")[0], shared), (self._place, self._operation)):
            for index, written in enumerate(owner.get("parameters") or ()):
                parameter = self._references.resolved(written, f"{place}.parameters[{index}]")
                if not isinstance(parameter.get("name"), str) or parameter.get("in") not in _DEFINITIONS:
                    raise LoadError("a parameter has a `name`, and an `in`", place=f"{place}.parameters[{index}]")
                found[parameter["in"], parameter["name"]] = parameter
        return list(found.values())

    def needs(self) -> Needs:
        """What has to reach the backend."""
        needs = Needs()
        for parameter in self.parameters:
            name, where = parameter["name"], parameter["in"]
            if where == "query":
                needs.add_query(name)
            elif where == "header" and name.lower() not in _OWN_HEADERS:
                needs.add_header(name)
            elif where == "cookie":
                needs.add_header("Cookie")
        if "requestBody" in self._operation:
            needs.add_header("Content-Type")
        for scheme in self._schemes():
            _add_scheme(needs, scheme)
        return needs

    def _schemes(self) -> list[dict[str, Any]]:
        asked = self._operation.get("security", self._document.get("security")) or ()
        schemes = (self._document.get("components") or {}).get("securitySchemes") or {}
        names = [name for requirement in asked for name in requirement if name in schemes]
        return [self._references.resolved(schemes[name], f"components.securitySchemes.{name}") for name in names]

    def documentation(self, names: Mapping[str, str]) -> dict[str, Any]:
        """The settings of `documentation/openapi`; `names` are those of the path's parameters in the configuration."""
        words = {"summary": "summary", "description": "description", "operationId": "operation_id", "tags": "tags"}
        found: dict[str, Any] = {ours: self._operation[key] for key, ours in words.items() if self._operation.get(key)}
        if self._operation.get("deprecated"):
            found["deprecated"] = True
        if "security" in self._operation:
            found["security"] = self._operation["security"]
        for where, key in _DEFINITIONS.items():
            definitions = [_definition(parameter, names) for parameter in self.parameters if parameter["in"] == where]
            if definitions:
                found[key] = definitions
        if "requestBody" in self._operation:
            found["request_definition"] = self._request()
        return found | {"response_definition": self._responses(), "disable_default_response_definitions": True}

    def _request(self) -> list[dict[str, Any]]:
        body = self._references.resolved(self._operation["requestBody"], f"{self._place}.requestBody")
        common = {key: body[key] for key in ("description", "required") if body.get(key)}
        return [common | content for content in self._contents(body)] or [common]

    def _responses(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for status, written in (self._operation.get("responses") or {}).items():
            response = self._references.resolved(written, f"{self._place}.responses.{status}")
            common: dict[str, Any] = {"description": response.get("description", "")}
            if response.get("headers"):
                common["headers"] = self._all(response["headers"])
            contents = [common | content for content in self._contents(response)] or [common]
            found[str(status)] = contents[0] if len(contents) == 1 else contents
        return found

    def _contents(self, owner: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The media types of a body, each with what it holds."""
        found: list[dict[str, Any]] = []
        for media, content in (owner.get("content") or {}).items():
            kept = {key: content[key] for key in ("schema", "example", "encoding") if key in (content or {})}
            if content and content.get("examples"):
                kept["examples"] = self._all(content["examples"])
            found.append({"content_type": media} | kept)
        return found

    def _all(self, owner: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._references.resolved(value, f"{self._place}.{name}") for name, value in owner.items()}

    def answer(self) -> str:
        """What a good answer holds: `object`, `array`, or nothing that has to be decoded (empty)."""
        for status, written in sorted((self._operation.get("responses") or {}).items()):
            if str(status).startswith("2"):
                response = self._references.resolved(written, f"{self._place}.responses.{status}")
                content = (response.get("content") or {}).get("application/json") or {}
                return self._type(content.get("schema"))
        return ""

    def _type(self, schema: Any) -> str:
        if not isinstance(schema, dict):
            return ""
        found = self._references.resolved(schema, self._place)
        kind = found.get("type") or ("object" if "properties" in found or "allOf" in found else "")
        return kind if kind in ("object", "array") else ""


def _add_scheme(needs: Needs, scheme: Mapping[str, Any]) -> None:
    """What carries the caller's proof goes on to the backend, which checks it."""
    name, where = str(scheme.get("name")), scheme.get("in")
    if scheme.get("type") != "apiKey":
        needs.add_header("Authorization")
    elif where == "query":
        needs.add_query(name)
    else:
        needs.add_header("Cookie" if where == "cookie" else name)


def _definition(parameter: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A parameter without the place that its list tells."""
    kept = {key: value for key, value in parameter.items() if key not in ("in", "$ref")}
    if parameter["in"] == "path":
        kept.pop("required", None)
        kept["name"] = names.get(kept["name"], kept["name"])
    return kept
