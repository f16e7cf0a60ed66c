"""The tables of keys in the READMEs of krakpy's packages: from the classes of settings and the docstrings in them.

    text = page(EXTENSIONS / "krakpy-cors")     # the README, with its table between the marks
"""
from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import json
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from .writing import Undocumented, code, required, table

EXTENSIONS = Path(__file__).parents[2] / "extensions"
BEGIN, END = "<!-- keys:begin -->", "<!-- keys:end -->"
_HEAD = ("key", "type", "default", "meaning")
_WORDS: Mapping[Any, str] = {
    bool: "true or false", int: "whole number", float: "number", str: "text", bytes: "text", timedelta: "duration",
    Any: "anything", object: "anything",
}  # fmt: skip


def folders() -> list[Path]:
    """The packages whose README has room for a table of keys."""
    found = sorted(path.parent for path in EXTENSIONS.glob("krakpy-*/README.md"))
    return [folder for folder in found if BEGIN in (folder / "README.md").read_text("utf-8")]


def page(folder: Path) -> str:
    """The README with its tables as the code has them; Undocumented for a key without words."""
    before, begin, rest = (folder / "README.md").read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise Undocumented(f"the README of {folder.name} has {BEGIN} without {END}")
    tables = "\n\n".join(_tables(_settings(folder)))
    return f"{before}{begin}\n{tables}\n{end}{after}"


def keys(folder: Path) -> list[str]:
    """The keys of all settings of a package, those of objects in them left out."""
    return [key for config in _settings(folder) for key, _, _ in _fields(config)]


def _settings(folder: Path) -> dict[type, list[str]]:
    """The classes of settings of a package, each with what it is written under.

    Where no class that it offers names one, those that it exports.
    """
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    found: dict[type, list[str]] = {}
    try:
        for name, target in _offers(project):
            module, _, attribute = target.partition(":")
            config: Any = getattr(getattr(importlib.import_module(module), attribute), "Config", None)
            if _fields(config):
                names = found.setdefault(config, [])
                names += [name] if name not in names else []
        package = importlib.import_module(folder.name.replace("-", "_"))
    except (ImportError, AttributeError) as error:
        raise Undocumented(f"{folder.name} cannot be imported: {error}") from error
    exported = [getattr(package, name) for name in getattr(package, "__all__", ())]
    return found or {config: [] for config in exported if _fields(config)}


def _offers(project: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a package offers: the name that is written in a configuration, and what it leads to."""
    for group, offers in project.get("entry-points", {}).items():
        if group != "krakpy.drivers.v1":
            for name, target in offers.items():
                yield f"{name}@service" if group == "krakpy.server.v1" else name, target


def _tables(settings: Mapping[type, list[str]]) -> Iterator[str]:
    written = [{name.partition("@")[0] for name in names} for names in settings.values()]
    for (config, names), own in zip(settings.items(), written, strict=True):
        is_told_apart = any(own & other for other in written if other is not own)
        if len(settings) > 1:
            level = " at the service" if is_told_apart and all("@" in name for name in names) else ""
            yield f"{' and '.join(map(code, sorted(own)))}{level}:"
        yield from _table(config)


def _table(config: type, place: str = "") -> Iterator[str]:
    """The keys of one class, and under them those of the objects in it."""
    docs = _docstrings(config)
    hints = get_type_hints(config, include_extras=True)
    fields = _fields(config)
    rows = [
        (code(key), _type_text(hints[field]), default, required(docs.get(field), f"{config.__name__}.{field}"))
        for key, field, default in fields
    ]
    if place:
        yield f"In {code(place)}:"
    yield table(_HEAD, rows)
    for key, field, _ in fields:
        for inner, mark in _inner(hints[field]):
            yield from _table(inner, f"{place}.{key}{mark}".lstrip("."))


def _fields(kind: Any) -> list[tuple[str, str, str]]:
    """Key, name and default of each field of a dataclass or of a Struct of msgspec; none for anything else."""
    if not isinstance(kind, type):
        return []
    if dataclasses.is_dataclass(kind):
        return [(field.name, field.name, _default_text(field)) for field in dataclasses.fields(kind) if field.init]
    if issubclass(kind, msgspec.Struct):
        return [(field.encode_name, field.name, _default_text(field)) for field in msgspec.structs.fields(kind)]
    return []


def _default_text(field: Any) -> str:
    if field.default_factory not in (dataclasses.MISSING, msgspec.NODEFAULT):
        value = field.default_factory()
    elif field.default in (dataclasses.MISSING, msgspec.NODEFAULT):
        return "required"
    else:
        value = field.default
    if isinstance(value, timedelta):
        return code(_duration(value))
    try:
        return "" if value is None else code(json.dumps(value, ensure_ascii=False))
    except TypeError:
        return ""


def _duration(value: timedelta) -> str:
    seconds = value.total_seconds()
    if seconds and not seconds % 3600:
        return f'"{seconds / 3600:g}h"'
    return f'"{seconds * 1000:g}ms"' if 0 < seconds < 1 else f'"{seconds:g}s"'


def _type_text(kind: Any) -> str:
    """The type of a field, in words."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    origin, arguments = get_origin(kind) or kind, [part for part in get_args(kind) if part not in (NoneType, ...)]
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(map(_type_text, arguments)))
    if origin is Literal:
        return ", ".join(code(json.dumps(option)) for option in arguments)
    if origin in _WORDS:
        return _WORDS[origin]
    if isinstance(origin, type) and issubclass(origin, list | tuple | set | frozenset):
        return f"list of {_type_text(arguments[0])}" if arguments else "list"
    return "object"


def _inner(kind: Any) -> Iterator[tuple[type, str]]:
    """The classes of settings inside of a type, with what stands for their place: `[]` in a list, `.NAME` by name."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    origin, arguments = get_origin(kind) or kind, get_args(kind)
    if _fields(origin):
        yield origin, ""
    elif origin in (Union, UnionType):
        for part in arguments:
            yield from _inner(part)
    elif isinstance(origin, type) and arguments:
        mark = ".NAME" if issubclass(origin, Mapping) else "[]"
        yield from ((inner, mark + deeper) for inner, deeper in _inner(arguments[-1 if mark == ".NAME" else 0]))


def _docstrings(config: type) -> dict[str, str]:
    """The docstring under each field of a class, those of its bases included."""
    found: dict[str, str] = {}
    for base in reversed(config.__mro__):
        if base.__module__.startswith("krakpy_"):
            (tree,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
            found |= _own_docstrings(tree)
    return found


def _own_docstrings(tree: ast.stmt) -> dict[str, str]:
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    return {
        statement.target.id: inspect.cleandoc(below.value.value)
        for statement, below in pairwise(body)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
