"""The shape of an OpenAPI document, as far as it is looked at: what is no object or no list is told with its place."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from krakpy_sdk import LoadError

_ROOT = {"info": dict, "paths": dict, "components": dict, "servers": list, "tags": list, "security": list}
_COMPONENTS = {"schemas": dict, "securitySchemes": dict, "parameters": dict, "responses": dict, "requestBodies": dict}
_OPERATION = {"parameters": list, "responses": dict, "requestBody": dict, "tags": list, "security": list}
_INFO = {"contact": dict, "license": dict}
_METHODS = ("get", "post", "put", "patch", "delete")


def check(document: Mapping[str, Any]) -> None:
    """Raises LoadError with the first place that has another shape."""
    for place, owner, kinds in _owners(document):
        for key, kind in kinds.items():
            value = owner.get(key)
            if value is not None and not isinstance(value, kind):
                wanted = "an object" if kind is dict else "a list"
                raise LoadError(f"{wanted} is expected", place=f"{place}.{key}" if place else key)
    _check_members("security", document.get("security"))


def _owners(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, type]]]:
    """Objects with the kinds of their members, outer ones first."""
    yield "", document, _ROOT
    yield "info", document.get("info") or {}, _INFO
    yield "components", document.get("components") or {}, _COMPONENTS
    yield from _bodies("components.responses", (document.get("components") or {}).get("responses"))
    yield from _bodies("components.requestBodies", (document.get("components") or {}).get("requestBodies"))
    yield "paths", document.get("paths") or {}, dict.fromkeys(document.get("paths") or {}, dict)
    for path, shared in (document.get("paths") or {}).items():
        yield from _path(f"paths.{path}", shared or {})


def _path(place: str, shared: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, type]]]:
    yield place, shared, {"parameters": list} | dict.fromkeys(_METHODS, dict)
    for method in _METHODS:
        operation = shared.get(method) or {}
        yield f"{place}.{method}", operation, _OPERATION
        _check_members(f"{place}.{method}.security", operation.get("security"))
        yield from _bodies(f"{place}.{method}", {"requestBody": operation.get("requestBody") or {}})
        yield from _bodies(f"{place}.{method}.responses", operation.get("responses"))


def _bodies(place: str, bodies: Any) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, type]]]:
    yield place, bodies or {}, dict.fromkeys(bodies or {}, dict)
    for name, body in (bodies or {}).items():
        yield f"{place}.{name}", body, {"content": dict, "headers": dict}
        content = body.get("content") or {}
        yield f"{place}.{name}.content", content, dict.fromkeys(content, dict)
        for media, held in content.items():
            yield f"{place}.{name}.content.{media}", held or {}, {"examples": dict}


def _check_members(place: str, requirements: Any) -> None:
    for index, requirement in enumerate(requirements or ()):
        if not isinstance(requirement, dict):
            raise LoadError("an object is expected", place=f"{place}[{index}]")
