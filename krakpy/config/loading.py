"""The door of the configuration: a file in, checked and resolved settings out.

    loaded = load("krakend.json", os.environ)
    loaded.settings.endpoints[0].backends[0].hosts
"""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from krakpy.codes import Code
from krakpy.config import checking, documents, environment
from krakpy.config.decoding import decode
from krakpy.config.model import Service
from krakpy.config.report import Report
from krakpy.config.settings import ServiceSettings, resolve
from krakpy.errors import ConfigurationError, Problem


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration that can be served."""

    service: Service
    """The file as it is written."""

    settings: ServiceSettings
    """The same with every default filled in: what the pipeline is built from."""

    problems: tuple[Problem, ...] = ()
    """The warnings."""


def load(path: str | Path, environ: Mapping[str, str]) -> Loaded:
    """The configuration in a file, with the environment's overrides.

    Raises ConfigurationError with every error and warning that was found, not only the first.
    """
    report = Report()
    service = read(path, environ, report)
    if service is None or report.has_errors:
        raise ConfigurationError(report.problems)
    return Loaded(service=service, settings=resolve(service), problems=report.problems)


def read(path: str | Path, environ: Mapping[str, str], report: Report) -> Service | None:
    """The configuration in a file as far as it can be understood, for who looks at it and serves nothing.

    What is wrong with it is in the report; None if the file as such cannot be read.
    """
    environment.refuse_templates(environ, report)
    document = None if report.has_errors else _document(Path(path), report)
    return None if document is None else _service(document, environ, report)


def _document(path: Path, report: Report) -> dict[str, Any] | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        report.error(Code.SYNTAX, str(path), f"the file cannot be read: {error.strerror}", "Name a file that is there.")
        return None
    return documents.parse(str(path), content, report)


def _service(document: dict[str, Any], environ: Mapping[str, str], report: Report) -> Service:
    variables = environment.overrides(environ, report)
    found = Report()
    service: Service = decode(Service, environment.apply(document, environ, variables), "", found, weak=True)
    checking.check(service, found)
    for problem in found.problems:
        renamed = environment.named(problem, variables)
        if renamed:
            report.add(renamed)
    return service
