"""Reads and writes documents, in JSON or YAML.

    read("openapi.yaml")["paths"]
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from krakpy_sdk import LoadError

MOST = 2_000_000
"""How many values a document may have, with what its aliases repeat."""


def read(path: str) -> dict[str, Any]:
    """The object in a file. Raises LoadError."""
    try:
        text = Path(path).read_text("utf-8-sig")
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        raise LoadError(message, place=path, remedy="Name a file that is there.") from error
    except UnicodeDecodeError as error:
        raise LoadError("the file is not UTF-8", place=path) from error
    document = _Plain(path).value(_parsed(path, text))
    if not isinstance(document, dict):
        raise LoadError("the file has to hold one object", place=path)
    return document


def _parsed(path: str, text: str) -> Any:
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text)
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # both are safe
    except json.JSONDecodeError as error:
        raise LoadError(f"this is not JSON: {error.msg}", place=f"{path}:{error.lineno}:{error.colno}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
        raise LoadError(f"this is not YAML: {error.problem}", place=place) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise LoadError(f"the document cannot be read: {error}", place=path) from error


class _Plain:
    """Makes of YAML what JSON has: keys that are texts, and dates that are."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._count = 0

    def value(self, value: Any, depth: int = 0) -> Any:
        self._count += 1
        if self._count > MOST or depth > 200:
            raise LoadError("the document repeats itself without end, or nearly", place=self._path)
        if isinstance(value, dict):
            return {_key(key): self.value(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, depth + 1) for item in value]
        return value.isoformat() if isinstance(value, date) else value


def _key(key: Any) -> str:
    return json.dumps(key) if isinstance(key, bool) else str(key)


def written(document: Mapping[str, Any], *, as_yaml: bool = False) -> str:
    """The text of a document; keys keep their order."""
    if not as_yaml:
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100))


class _Dumper(yaml.SafeDumper):
    """Writes what is there twice twice, for readers."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True
