"""Refuses what is known and not there: features that are not built yet, and those of KrakenD Enterprise."""
from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from krakpy.codes import Code
from krakpy.config.built import ENTERPRISE, NOT_BUILT, REMEDIES
from krakpy.config.fields import fields_of
from krakpy.config.kinds import Model
from krakpy.config.model import Backend, Endpoint, Service
from krakpy.config.report import Report, join


def check_features(service: Service, report: Report) -> None:
    """Reports every key that is set and has no effect in krakpy; a key at its default is left alone."""
    for name, found, place in _objects(service):
        _check(name, found, place, report)


def _objects(service: Service) -> Iterator[tuple[str, Model, str]]:
    """Every object that the tables speak of: its name there, the object, its place."""
    components = service.extra_config
    yield "service", service, ""
    yield "router", components.router, "extra_config.router"
    if service.client_tls:
        yield "client_tls", service.client_tls, "client_tls"
    if service.plugin:
        yield "plugin", service.plugin, "plugin"
    if components.logging:
        yield "telemetry/logging", components.logging, "extra_config.telemetry/logging"
    for index, endpoint in enumerate(service.endpoints):
        yield from _of_endpoint(endpoint, f"endpoints[{index}]")


def _of_endpoint(endpoint: Endpoint, place: str) -> Iterator[tuple[str, Model, str]]:
    yield "endpoint", endpoint, place
    yield "endpoint.proxy", endpoint.extra_config.proxy, f"{place}.extra_config.proxy"
    for index, backend in enumerate(endpoint.backend):
        yield from _of_backend(backend, f"{place}.backend[{index}]")


def _of_backend(backend: Backend, place: str) -> Iterator[tuple[str, Model, str]]:
    components = backend.extra_config
    yield "backend", backend, place
    yield "backend.proxy", components.proxy, f"{place}.extra_config.proxy"
    yield "backend.backend/http", components.http, f"{place}.extra_config.backend/http"
    yield "backend.backend/http/client", components.http_client, f"{place}.extra_config.backend/http/client"


class _Row(NamedTuple):
    """One line of the tables: an object's key, and the one value that is meant (empty: every value but the default)."""

    key: str
    only: str
    feature: str
    code: Code
    remedy: str


@cache
def _rows() -> dict[str, list[_Row]]:
    rows: dict[str, list[_Row]] = {}
    for code, table in ((Code.NOT_BUILT, NOT_BUILT), (Code.ENTERPRISE, ENTERPRISE)):
        for line, feature in table.items():
            path, _, only = line.partition("=")
            name, _, key = path.rpartition(".")
            rows.setdefault(name, []).append(_Row(key, only, feature, code, REMEDIES.get(line, "")))
    return rows


def _check(name: str, found: Model, place: str, report: Report) -> None:
    known = fields_of(type(found)).by_key
    for row in _rows().get(name, ()):
        value = getattr(found, known[row.key].name)
        if value == row.only if row.only else value and value != known[row.key].default():
            report.error(row.code, join(place, row.key), _sentence(row), row.remedy)


def _sentence(row: _Row) -> str:
    what = f'`"{row.key}": "{row.only}"`' if row.only else f"`{row.key}`"
    why = "is a feature of KrakenD Enterprise" if row.code is Code.ENTERPRISE else "is not built yet"
    return f"{what} ({row.feature}) {why}"
