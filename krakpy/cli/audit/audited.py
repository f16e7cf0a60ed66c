"""What an audit looks at: the file as it is written, its permissions, and the third-party code that it loads.

    audited = look("krakend.json", os.environ)
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import stat
from pathlib import Path
from typing import Any

from krakpy.codes import Code
from krakpy.config.loading import read
from krakpy.config.model import Backend, Endpoint, Service
from krakpy.config.report import Report
from krakpy.config.settings import DEFAULT_TIMEOUT_S, resolve
from krakpy.errors import ConfigurationError
from krakpy.extension.gates import Admission
from krakpy.extension.needs import listed_names
from krakpy.extension.preparing import plan

#: what keeps a gateway from starting and an audit from nothing
_NO_HINDRANCE = (Code.NOT_BUILT, Code.ENTERPRISE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Audited:
    """One configuration."""

    path: str
    service: Service
    strangers: tuple[Admission, ...] = ()
    """Every use of third-party code that the gates let through."""
    file_mode: int = 0o644
    folder_mode: int = 0o755

    @property
    def components(self) -> Mapping[str, Any]:
        """The namespaces of the service that extensions answer."""
        return self.service.extra_config.others

    def endpoints(self) -> Iterator[tuple[str, Endpoint]]:
        """Every endpoint with its place."""
        for index, endpoint in enumerate(self.service.endpoints):
            yield f"endpoints[{index}]", endpoint

    def backends(self) -> Iterator[tuple[str, Backend]]:
        """Every backend with its place."""
        for place, endpoint in self.endpoints():
            for index, backend in enumerate(endpoint.backend):
                yield f"{place}.backend[{index}]", backend

    def uses(self, namespace: str) -> Iterator[tuple[str, Any]]:
        """Where an extension's namespace stands, at whatever level, with its settings."""
        for place, components in self._levels():
            if namespace in components:
                yield f"{place}extra_config.{namespace}", components[namespace]

    def _levels(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        yield "", self.components
        for place, endpoint in self.endpoints():
            yield f"{place}.", endpoint.extra_config.others
        for place, backend in self.backends():
            yield f"{place}.", backend.extra_config.others

    def listing(self, namespace: str, hook: str) -> Iterator[str]:
        """The places where a namespace of hooks lists one by this name."""
        return (place for place, settings in self.uses(namespace) if hook in listed_names(settings))

    def timeout_s(self, endpoint: Endpoint) -> float:
        """The time that an endpoint has, in seconds."""
        return endpoint.timeout or self.service.timeout or DEFAULT_TIMEOUT_S

    def output_encoding(self, endpoint: Endpoint) -> str:
        """How an endpoint's answer is written."""
        return endpoint.output_encoding or self.service.output_encoding or "json"


def look(path: str, environ: Mapping[str, str]) -> Audited:
    """The configuration in a file; ConfigurationError if it is wrong in itself.

    What krakpy does not have yet, and what belongs to KrakenD Enterprise, is looked at all the same.
    """
    report = Report()
    service = read(path, environ, report)
    hindrances = [problem for problem in report.problems if problem.severity == "error"]
    if service is None or any(problem.code not in _NO_HINDRANCE for problem in hindrances):
        raise ConfigurationError(report.problems)
    file = Path(path)
    return Audited(
        path=path,
        service=service,
        strangers=() if hindrances else _strangers(service, environ),
        file_mode=stat(file).st_mode,
        folder_mode=stat(file.absolute().parent).st_mode,
    )


def _strangers(service: Service, environ: Mapping[str, str]) -> tuple[Admission, ...]:
    planned, _ = plan(resolve(service), environ=environ)
    return tuple(admission for admission in planned.admissions if not admission.candidate.is_first_party)
