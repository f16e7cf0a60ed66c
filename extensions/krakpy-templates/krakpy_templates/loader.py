"""Flexible configuration: the file is a template, rendered with settings, templates and partials from folders.

    FC_ENABLE=1 FC_SETTINGS=./settings FC_PARTIALS=./partials FC_TEMPLATES=./templates krakpy check -c krakend.json
"""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from krakpy_sdk import LoadedText, Loader, LoadError

from krakpy_templates import folders
from krakpy_templates.engine import Engine
from krakpy_templates.errors import CallError, TemplateError
from krakpy_templates.json_texts import marshalled
from krakpy_templates.signatures import Function

JINJA = ".j2"
"""The suffix of files in Jinja's language; every other file is in Go's."""

_OTHER_FORMATS = (".yaml", ".yml", ".toml")
_AS_JSON = "What is rendered is read as JSON; to have another format, name a file of it with FC_OUT."


class _Rendering(NamedTuple):
    """A text, where its lines come from, and the partials that were not there."""

    text: str
    origin: Callable[[int, int], str] = lambda _, __: ""
    missing: Iterable[str] = ()


class Templates:
    """Renders a file; what the environment says is what KrakenD takes from it."""

    def __init__(self, config: None) -> None:
        del config

    def load(self, path: str, environ: Mapping[str, str]) -> LoadedText:
        """The rendered text, which is written to FC_OUT too if that is set."""
        folder, _, _ = folders.variables(environ)
        rendering = _rendered(path, folders.settings(folder), environ)
        out = environ.get("FC_OUT", "")
        if out:
            _write(out, rendering.text, path)
        return LoadedText(
            name=out or (path.removesuffix(JINJA) if path.endswith(JINJA) else f"{path} (rendered)"),
            text=rendering.text,
            origin=rendering.origin,
            remedy=_AS_JSON if not out and path.endswith(_OTHER_FORMATS) else "Mend the template.",
            warnings=(*map(_ignored, folders.ignored(folder)), *map(_missing, rendering.missing)),
        )


_guard: type[Loader] = Templates


def _ignored(name: str) -> str:
    return f"{name} is not read: settings are JSON files, as KrakenD has it"


def _missing(name: str) -> str:
    return f"there is no partial {name!r}: nothing is put in its place, as KrakenD has it"


def _rendered(path: str, values: Mapping[str, Any], environ: Mapping[str, str]) -> _Rendering:
    try:
        return (_jinja if path.endswith(JINJA) else _go)(path, values, environ)
    except TemplateError as error:
        remedy = "Mend the template; to have the file read as it is written, unset FC_ENABLE."
        raise LoadError(error.message, place=error.place, excerpt=error.excerpt.strip(), remedy=remedy) from error


def _go(path: str, values: Mapping[str, Any], environ: Mapping[str, str]) -> _Rendering:
    _, templates, partials = folders.variables(environ)
    missing: dict[str, None] = {}
    engine = Engine({"marshal": MARSHAL, "include": folders.include(partials, missing)}, environ)
    name = os.path.basename(path)
    engine.add(_text(path), name)
    for template in folders.templates(templates):
        engine.add(_text(str(template)), template.name)
    rendered = engine.render(name, values)
    return _Rendering(rendered.text, rendered.origin, missing)


def _jinja(path: str, values: Mapping[str, Any], environ: Mapping[str, str]) -> _Rendering:
    # PERF: only who writes in it pays for Jinja
    try:
        from krakpy_templates import jinja
    except ModuleNotFoundError as error:
        remedy = 'pip install "krakpy-templates[jinja2]"'
        raise LoadError("Jinja is not installed", place=path, remedy=remedy) from error
    return _Rendering(jinja.render(_text(path), os.path.basename(path), values, environ))


def _marshal(value: Any) -> str:
    try:
        return marshalled(value)
    except ValueError as error:
        raise CallError(str(error)) from error


MARSHAL = Function("any", _marshal)
"""`marshal`: a value as JSON."""


def _text(path: str) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        raise LoadError(message, place=path, remedy="Name a file that is there.") from error


def _write(out: str, text: str, path: str) -> None:
    if os.path.realpath(out) == os.path.realpath(path):
        raise LoadError("FC_OUT is the template itself", place=out, remedy="Name another file with FC_OUT.")
    # SECURITY: settings may hold secrets: what is rendered is its owner's alone, as KrakenD's file is
    try:
        with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        message = f"what is rendered cannot be written there: {error.strerror}"
        raise LoadError(message, place=out, remedy="Name another file with FC_OUT, or unset it.") from error
