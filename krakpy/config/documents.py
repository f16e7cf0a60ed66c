"""Reads a configuration file, whatever its format, into plain dicts, lists and values.

    parse("krakend.yaml", text)      # {"version": 3, ...}

The suffix decides: `.yml` and `.yaml`, `.toml`, and JSON for everything else (KrakenD does the same).
"""
from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, time
from pathlib import PurePath
from typing import Any, NoReturn

from krakpy.codes import Code
from krakpy.config.report import Report, join
from krakpy.config.unparsed import Unparsable

UNSUPPORTED = frozenset({".properties", ".props", ".prop", ".hcl"})
"""Formats that KrakenD reads and krakpy does not."""

DEEPEST = 200
"""How many objects and arrays may stand inside one another."""


def parse(name: str, content: bytes, report: Report) -> dict[str, Any] | None:
    """The document in a file of that name, or None when the report says why there is none."""
    suffix = PurePath(name).suffix.lower()
    if suffix in UNSUPPORTED:
        remedy = "Write the file as JSON, YAML or TOML."
        report.error(Code.NOT_BUILT, name, f"krakpy does not read {suffix} files yet", remedy)
        return None
    try:
        document = _FORMATS.get(suffix, _json)(content.decode("utf-8-sig"), report)
    except Unparsable as error:
        report.error(Code.SYNTAX, f"{name}{error.position}", error.message)
    except UnicodeDecodeError as error:
        report.error(Code.SYNTAX, name, f"the file is not UTF-8: byte {error.start} cannot be read")
    except RecursionError:
        report.error(Code.SYNTAX, name, "objects and arrays stand too deep inside one another")
    else:
        if isinstance(document, dict):
            return document
        report.error(Code.SYNTAX, name, "the file has to hold one object")
    return None


def _json(text: str, report: Report) -> Any:
    if not text.strip():
        raise Unparsable("the file is empty")
    try:
        document = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        found = _at_what_is_wrong(error)
        raise Unparsable(_sentence(found), found.lineno, found.colno) from error
    return _plain(document, "", report)


class _Pairs(list[tuple[str, Any]]):
    """An object as it is written: its keys in order, also those that are there twice."""


def _refuse_constant(name: str) -> NoReturn:
    raise Unparsable(f"{name} is not a JSON value")


def _at_what_is_wrong(error: json.JSONDecodeError) -> json.JSONDecodeError:
    """The error at what cannot follow a trailing comma, where Python 3.13 and later name the comma itself."""
    if not error.msg.startswith("Illegal trailing comma"):
        return error
    after = error.doc[error.pos + 1 :]
    return json.JSONDecodeError(error.msg, error.doc, error.pos + 1 + len(after) - len(after.lstrip()))


def _sentence(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc.rstrip()):
        return "the file ends in the middle of the JSON document"
    return f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"


def _plain(value: Any, place: str, report: Report, depth: int = 0) -> Any:
    """The value with dicts for pairs; a key that is there twice is reported, with its place."""
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, _Pairs):
        found: dict[str, Any] = {}
        for key, item in value:
            if key in found:
                report.error(Code.DUPLICATE_KEY, join(place, key), f"`{key}` is there twice")
            found[key] = _plain(item, join(place, key), report, depth + 1)
        return found
    if isinstance(value, list):
        return [_plain(item, f"{place}[{index}]", report, depth + 1) for index, item in enumerate(value)]
    return value


def _yaml(text: str, report: Report) -> Any:
    # PERF: PyYAML takes 0.015 s to import and 2 MB, which other formats need not pay for
    from krakpy.config import yaml_documents

    return yaml_documents.parse(text, report)


def _toml(text: str, _: Report) -> Any:
    # PERF: likewise
    import tomllib

    try:
        return _without_dates(tomllib.loads(text, parse_float=_finite))
    except tomllib.TOMLDecodeError as error:
        raise Unparsable(f"this is not TOML: {error}") from error


def _finite(text: str) -> float:
    if text.lstrip("+-") in ("inf", "nan"):
        raise Unparsable(f"{text} is not a number of JSON")
    return float(text)


def _without_dates(value: Any) -> Any:
    """TOML alone has dates; they are texts everywhere else."""
    if isinstance(value, dict):
        return {key: _without_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_dates(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


_FORMATS: dict[str, Callable[[str, Report], Any]] = {
    ".yml": _yaml,
    ".yaml": _yaml,
    ".toml": _toml,
}
