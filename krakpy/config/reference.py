"""The configuration's reference, read from the models: what the documentation and the JSON Schema are made of.

    for described in objects():
        print(described.place, [field.key for field in described.fields])
"""
from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import Meta

from krakpy.config import durations, model
from krakpy.config.built import ENTERPRISE, NOT_BUILT
from krakpy.config.fields import Field, fields_of, has_fields
from krakpy.config.kinds import word

State = Literal["built", "not built", "enterprise"]


class FieldDoc(NamedTuple):
    """One key of the file, in words."""

    key: str
    type: str
    default: str
    doc: str
    state: State = "built"
    """Whether krakpy does what the key asks for; single values may differ (`unbuilt`)."""

    unbuilt: tuple[str, ...] = ()
    """The values of the key that krakpy does not have."""


class ObjectDoc(NamedTuple):
    """One object of the file, in words."""

    place: str
    name: str
    doc: str
    fields: tuple[FieldDoc, ...]
    accepted: tuple[tuple[str, str], ...]
    """Keys that are accepted and have no effect, each with what to do."""

    table: str = ""
    """Its name in the tables of what is not built, if they speak of it."""


_PLACES: tuple[tuple[str, type[msgspec.Struct], str], ...] = (
    ("", model.Service, "service"),
    ("extra_config.router", model.Router, "router"),
    ("extra_config.telemetry/logging", model.Logging, "telemetry/logging"),
    ("extra_config.telemetry/logging.backend", model.BackendLog, ""),
    ("extra_config.krakpy/backends", model.BackendLimits, ""),
    ("extra_config.krakpy/wire", model.Wire, ""),
    ("plugin", model.Plugin, "plugin"),
    ("plugin.defaults", model.InstanceDefaults, ""),
    ("plugin.instances.NAME", model.Instance, ""),
    ("tls", model.Tls, ""),
    ("tls.keys[]", model.KeyPair, ""),
    ("client_tls", model.ClientTls, "client_tls"),
    ("client_tls.client_certs[]", model.ClientCertificate, ""),
    ("endpoints[]", model.Endpoint, "endpoint"),
    ("endpoints[].extra_config.proxy", model.EndpointProxy, "endpoint.proxy"),
    ("endpoints[].extra_config.proxy.static", model.Static, ""),
    ("endpoints[].extra_config.proxy.flatmap_filter[]", model.FlatmapOperation, ""),
    ("endpoints[].backend[]", model.Backend, "backend"),
    ("endpoints[].backend[].extra_config.proxy", model.BackendProxy, "backend.proxy"),
    ("endpoints[].backend[].extra_config.backend/http", model.BackendHttp, "backend.backend/http"),
    ("endpoints[].backend[].extra_config.backend/http/client", model.BackendHttpClient, "backend.backend/http/client"),
    ("async_agent[]", model.AsyncAgent, ""),
    ("async_agent[].consumer", model.Consumer, ""),
    ("async_agent[].connection", model.Connection, ""),
)


def objects() -> Iterator[ObjectDoc]:
    """Every object of the file that the core knows, in the order of the documentation."""
    for place, cls, table in _PLACES:
        accepted = tuple(fields_of(cls).accepted.items())
        yield ObjectDoc(place, cls.__name__, inspect.getdoc(cls) or "", tuple(fields(cls, table)), accepted, table)


def fields(cls: type[msgspec.Struct], table: str = "") -> list[FieldDoc]:
    """The keys of one object; `table` is its name in the tables of what is not built."""
    docs = docstrings(cls)
    return [_field(field, docs.get(field.name, ""), table) for field in fields_of(cls).by_key.values()]


def _field(field: Field, doc: str, table: str) -> FieldDoc:
    return FieldDoc(field.key, type_text(field.kind), _default_text(field), doc, *_state(table, field))


def docstrings(cls: type) -> dict[str, str]:
    """The docstring under each field of a class, those of its bases included."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.startswith("krakpy."):
            found |= _own_docstrings(base)
    return found


def _own_docstrings(cls: type) -> dict[str, str]:
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef), "the source of a class is a class"
    found = {}
    for statement, below in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found[statement.target.id] = _text(below)
    return {name: text for name, text in found.items() if text}


def _text(statement: ast.stmt) -> str:
    """The docstring that a statement is, or an empty text."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return inspect.cleandoc(str(statement.value.value))
    return ""


def _state(table: str, field: Field) -> tuple[State, tuple[str, ...]]:
    key = f"{table}.{field.key}"
    if key in ENTERPRISE:
        return "enterprise", ()
    values = (line.removeprefix(f"{key}=") for line in (*NOT_BUILT, *ENTERPRISE) if line.startswith(f"{key}="))
    return "not built" if key in NOT_BUILT else "built", tuple(values)


_NAMES: dict[Any, str] = {bool: "true or false", int: "whole number", float: "number", str: "text", Any: "anything"}


def type_text(kind: Any) -> str:
    """The type of a field, in words."""
    if get_origin(kind) is Annotated:
        return _annotated_text(kind)
    origin = get_origin(kind) or kind
    arguments = [argument for argument in get_args(kind) if argument is not NoneType]
    if origin in (Union, UnionType):
        return " or ".join(type_text(argument) for argument in arguments)
    if origin is Literal:
        return ", ".join(f"`{option}`" for option in arguments)
    if origin is tuple:
        return f"list of {type_text(arguments[0])}"
    if origin is dict or has_fields(origin):
        return "object"
    return _NAMES[origin]


def _annotated_text(kind: Any) -> str:
    bare, *metas = get_args(kind)
    meta = next(meta for meta in metas if isinstance(meta, Meta))
    if word(meta) == "duration":
        return "duration"
    bounds = f", {meta.ge:.0f} to {meta.le:.0f}" if meta.ge is not None and meta.le is not None else ""
    return type_text(bare) + bounds


def _default_text(field: Field) -> str:
    if field.is_required:
        return "required"
    value = field.default()
    if "duration" in type_text(field.kind):
        return "" if value is None else f'"{durations.write(value)}"'
    if value is None or isinstance(value, msgspec.Struct):
        return ""
    return msgspec.json.encode(value).decode()
