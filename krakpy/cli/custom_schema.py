"""A JSON Schema of the operator's own: what `krakpy check -s FILE` holds a configuration to besides.

    problems = breaches("krakend.json", "house-rules.schema.json", environ=os.environ)
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from krakpy.codes import Code
from krakpy.config import sources
from krakpy.config.report import Report, join
from krakpy.errors import Problem

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

LONG = 200
"""How many characters of what a validator says are shown."""


def breaches(
    path: str, schema: str, *, environ: Mapping[str, str] | None = None, find: Callable[[str], object] = find_spec
) -> tuple[Problem, ...]:
    """Where a file breaks a schema, or why that cannot be said; nothing is fetched over the network."""
    if "://" in schema:
        return (_unusable(schema, "-s takes a file, and this is an address", "Download it, and name the file."),)
    if find("jsonschema") is None:
        return (_unusable(schema, "-s needs the package jsonschema, which is not installed", "pip install jsonschema"),)
    report = Report()
    rules = _document(schema, {}, report)
    document = None if rules is None else _document(path, environ or {}, report)
    if rules is None or document is None:
        return report.problems
    return tuple(_found(rules, document, schema))


def _document(path: str, environ: Mapping[str, str], report: Report) -> dict[str, Any] | None:
    source = sources.find(Path(path), environ, report)
    return None if source is None else source.document(report)


def _found(rules: dict[str, Any], document: dict[str, Any], schema: str) -> Iterator[Problem]:
    # PERF: only who asks for it pays for the library, which is no dependency of krakpy's
    from jsonschema.exceptions import SchemaError, best_match
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    kind = validator_for(rules)
    try:
        kind.check_schema(rules)
        # SECURITY: an empty registry: a reference to elsewhere is an error, not a request
        for error in kind(rules, registry=Registry()).iter_errors(document):
            yield _breach(best_match([error]) or error)
    except SchemaError as error:
        yield _unusable(schema, f"the schema is none: {_short(error.message)}", "Mend the schema.")
    except Unresolvable as error:
        message = f"the schema refers to {error.ref!r}, which is not in it"
        yield _unusable(schema, message, "Put everything into one file: krakpy fetches nothing.")


def _breach(error: ValidationError) -> Problem:
    return Problem(Code.SCHEMA, _place(error.absolute_path), _short(error.message))


def _place(path: Iterable[str | int]) -> str:
    place = ""
    for step in path:
        place = f"{place}[{step}]" if isinstance(step, int) else join(place, step)
    return place


def _unusable(schema: str, message: str, remedy: str) -> Problem:
    return Problem(Code.SCHEMA, schema, message, remedy)


def _short(text: str) -> str:
    return text if len(text) <= LONG else f"{text[:LONG]}…"
