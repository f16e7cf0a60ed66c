"""The JSON Schema of the configuration, written from the models: what editors complete with.

    schema()["definitions"]["Backend"]["properties"]["url_pattern"]

`krakpy check -l` refuses everything that it forbids: the decoder knows the same models.
"""
from __future__ import annotations

import json
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta

from krakpy.config import reference
from krakpy.config.checking import VERSION
from krakpy.config.fields import Field, Fields, fields_of, has_fields
from krakpy.config.kinds import word
from krakpy.config.model import BackendComponents, EndpointComponents, Service, ServiceComponents
from krakpy.config.namespaces import NAMESPACES, Level
from krakpy.config.reference import FieldDoc

# NOTE: editors know no later draft completely
DRAFT = "http://json-schema.org/draft-07/schema#"

COMMENTS = "^([@$_#]|x-)"
"""The keys that are free for comments in every object."""

_LEVELS: dict[type, Level] = {
    ServiceComponents: "service", EndpointComponents: "endpoint", BackendComponents: "backend",
}
_STATES = {"built": "", "not built": " Not built yet.", "enterprise": " KrakenD Enterprise: refused."}
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def schema() -> dict[str, Any]:
    """The schema of the whole file, complete in itself (draft 7)."""
    writer = _Writer()
    writer.reference(Service)
    root = writer.definitions.pop(Service.__name__)
    # NOTE: to the decoder any number will do, so that a file of another version is refused with a code of its own
    root["properties"]["version"] |= {"const": VERSION, "default": VERSION}
    head = {"$schema": DRAFT, "title": "The configuration of krakpy"}
    return {**head, **root, "required": ["version"], "definitions": dict(sorted(writer.definitions.items()))}


def text() -> str:
    """The schema as a file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


class _Writer:
    """Collects a definition for each class that the file is decoded into."""

    def __init__(self) -> None:
        self.definitions: dict[str, dict[str, Any]] = {}
        self._tables = {described.name: described.table for described in reference.objects()}

    def reference(self, cls: type[msgspec.Struct]) -> dict[str, Any]:
        """What stands where an object of the class is meant; the class is defined if it was not."""
        if cls.__name__ not in self.definitions:
            self.definitions[cls.__name__] = self._object(cls)
        return {"$ref": f"#/definitions/{cls.__name__}"}

    def _object(self, cls: type[msgspec.Struct]) -> dict[str, Any]:
        known = fields_of(cls)
        return {
            "description": _line((cls.__doc__ or "").partition("\n\n")[0]),
            "type": "object",
            "properties": self._named(cls, known),
            "patternProperties": {COMMENTS: True},
            "additionalProperties": known.rest is not None,
        }

    def _named(self, cls: type[msgspec.Struct], known: Fields) -> dict[str, Any]:
        docs = {doc.key: doc for doc in reference.fields(cls, self._tables.get(cls.__name__, ""))}
        named = {key: self._property(field, docs[key]) for key, field in known.by_key.items()}
        old = {
            spelling: {**named[key], "description": f"The old name of `{key}`.", "deprecated": True}
            for spelling, key in known.spellings.items()
            if key in named
        }
        ignored = {key: {"description": f"No effect. {why}", "deprecated": True} for key, why in known.accepted.items()}
        return named | old | ignored | _answered_by_extensions(cls, named)

    def _property(self, field: Field, doc: FieldDoc) -> dict[str, Any]:
        kind = self._kind(field.kind)
        # NOTE: draft 7 ignores what stands beside a reference
        kind = {"allOf": [kind]} if "$ref" in kind else kind
        default = {} if doc.default in ("", "required") else {"default": msgspec.json.decode(doc.default)}
        return {"description": _description(doc), **kind, **default}

    def _kind(self, kind: Any) -> dict[str, Any]:
        origin = get_origin(kind) or kind
        if kind is Any:
            return {}
        if origin is Annotated:
            return self._annotated(*get_args(kind))
        if has_fields(origin):
            return self.reference(origin)
        return {"type": _TYPES[origin]} if origin in _TYPES else self._composed(origin, get_args(kind))

    def _annotated(self, bare: Any, *metas: Any) -> dict[str, Any]:
        meta = next(meta for meta in metas if isinstance(meta, Meta))
        if word(meta) == "duration":
            return dict(meta.extra_json_schema or {})
        bounds = {"minimum": meta.ge, "maximum": meta.le}
        return self._kind(bare) | {name: bound for name, bound in bounds.items() if bound is not None}

    def _composed(self, origin: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin is tuple:
            return {"type": "array", "items": self._kind(arguments[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self._kind(arguments[1])}
        assert origin in (Union, UnionType), f"the models have no {origin}"
        # NOTE: null is for no key: it counts as absent, with a warning, and the linter refuses it
        kinds = [self._kind(argument) for argument in arguments if argument is not NoneType]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _answered_by_extensions(cls: type, named: dict[str, Any]) -> dict[str, Any]:
    """What an `extra_config` may hold besides: the names are for completion alone, any other is as good."""
    level = _LEVELS.get(cls)
    words = {"description": "Answered by an extension, whose documentation says what it may hold."}
    return {
        name: words
        for name, known in NAMESPACES.items()
        if level in known.levels and known.edition == "CE" and name not in named
    }


def _description(doc: FieldDoc) -> str:
    missing = ", ".join(f"`{value}`" for value in doc.unbuilt)
    more = f" Not here yet, or of KrakenD Enterprise: {missing}." if missing else ""
    return _line(doc.doc) + _STATES[doc.state] + more


def _line(text: str) -> str:
    return " ".join(text.split())
