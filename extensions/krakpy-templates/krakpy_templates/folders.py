"""What flexible configuration reads beside the file: settings, templates and partials, each from a folder.

    settings("./settings")      # {"urls": {…}} from urls.json
"""
from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from krakpy_sdk import LoadError

from krakpy_templates.json_texts import unmarshalled
from krakpy_templates.signatures import Function

SETTINGS = ".json"
TEMPLATES = ".tmpl"
_OTHER_SETTINGS = frozenset({".yaml", ".yml", ".toml", ".ini", ".properties"})


def settings(folder: str) -> dict[str, Any]:
    """What the templates are given: the object of each JSON file by the file's name without its suffix.

    Raises LoadError with every file that cannot be read.
    """
    found: dict[str, Any] = {}
    broken: list[str] = []
    for path in _files(folder, SETTINGS, "FC_SETTINGS"):
        try:
            found[path.name.removesuffix(SETTINGS)] = _object(path)
        except (OSError, ValueError, RecursionError) as error:
            broken.append(f"{path.name}: {error}")
    if broken:
        raise LoadError(f"settings cannot be read: {'; '.join(broken)}", place=folder, remedy="Mend the files.")
    return found


def _object(path: Path) -> dict[str, Any]:
    document = unmarshalled(path.read_bytes().decode("utf-8", "replace"))
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ValueError("the file has to hold one object")  # noqa: TRY004  # as everything that a file may have
    return document


def ignored(folder: str) -> tuple[str, ...]:
    """The names of files in other formats: KrakenD reads JSON alone."""
    if not folder:
        return ()
    return tuple(sorted(path.name for path in Path(folder).iterdir() if path.suffix in _OTHER_SETTINGS))


def templates(folder: str) -> Iterable[Path]:
    """The files that can be called by their names: `{{ template "backend.tmpl" . }}`."""
    return _files(folder, TEMPLATES, "FC_TEMPLATES")


def _files(folder: str, suffix: str, variable: str) -> list[Path]:
    """The files of a folder, not of those in it; in the order of their names."""
    if not folder:
        return []
    try:
        return sorted(path for path in Path(folder).iterdir() if path.name.endswith(suffix))
    except OSError as error:
        remedy = f"Name a folder that is there with {variable}, or unset it."
        raise LoadError(f"the folder cannot be read: {error.strerror}", place=folder, remedy=remedy) from error


def include(folder: str, missing: dict[str, None]) -> Function:
    """`include "file"`: a partial as it is; nothing for one that is not there, which is noted in `missing`."""

    def included(name: str) -> str:
        try:
            content = Path(os.path.normpath(os.path.join(folder, name.lstrip("/")) if folder else name)).read_bytes()
        except (OSError, ValueError):
            missing[name] = None
            return ""
        return content.decode("utf-8", "surrogateescape")

    return Function("string", included)


def variables(environ: Mapping[str, str]) -> tuple[str, str, str]:
    """The folders of settings, templates and partials; empty for those that are not set."""
    return environ.get("FC_SETTINGS", ""), environ.get("FC_TEMPLATES", ""), environ.get("FC_PARTIALS", "")
