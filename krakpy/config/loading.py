"""The door of the configuration: a file in, checked and resolved settings out.

    loaded = load("krakend.json", os.environ)
    loaded.settings.endpoints[0].backends[0].hosts
"""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from krakpy.config import checking, environment, sources
from krakpy.config.decoding import decode
from krakpy.config.model import Service
from krakpy.config.report import Report
from krakpy.config.settings import ServiceSettings, resolve
from krakpy.config.sources import Source
from krakpy.errors import ConfigurationError, Problem


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration that can be served."""

    service: Service
    """The file as it is written."""

    settings: ServiceSettings
    """The same with every default filled in: what the pipeline is built from."""

    problems: tuple[Problem, ...] = ()
    """The warnings."""

    digest: str = ""
    """`sha256:…` of the text that was read; of a template, of what is made of it."""


def load(path: str | Path, environ: Mapping[str, str]) -> Loaded:
    """The configuration in a file, with the environment's overrides.

    Raises ConfigurationError with every error and warning that was found, not only the first.
    """
    report = Report()
    source = sources.find(Path(path), environ, report)
    service = None if source is None else _understood(source, environ, report, Path(path).absolute().parent)
    if source is None or service is None or report.has_errors:
        raise ConfigurationError(report.problems)
    return Loaded(service=service, settings=resolve(service), problems=report.problems, digest=source.digest)


def read(path: str | Path, environ: Mapping[str, str], report: Report) -> Service | None:
    """The configuration in a file as far as it can be understood, for who looks at it and serves nothing.

    What is wrong with it is in the report; None if the file as such cannot be read.
    """
    source = sources.find(Path(path), environ, report)
    return None if source is None else _understood(source, environ, report, Path(path).absolute().parent)


def _understood(source: Source, environ: Mapping[str, str], report: Report, folder: Path) -> Service | None:
    document = source.document(report)
    return None if document is None else _anchored(_service(document, environ, report), folder)


def _anchored(service: Service, folder: Path) -> Service:
    """The service with the lock file where it lies: beside the configuration, wherever the gateway was started."""
    plugin = service.plugin
    if plugin is None or not plugin.lock:
        return service
    return msgspec.structs.replace(service, plugin=msgspec.structs.replace(plugin, lock=str(folder / plugin.lock)))


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
