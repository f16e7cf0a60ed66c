"""The drivers that a configuration asks for by name, told without importing what will ask for them.

    needs, malformed = needs_of(settings)
    needs = (*needs, *driver_needs(needs, catalog, settings.plugin))

A package says whose drivers its extensions ask for (`krakpy.drivers.v1`). In the settings of its namespaces every key
and every text that is the name of an installed driver of that family is a need.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from krakpy.config.model import Plugin
from krakpy.config.settings import ServiceSettings
from krakpy.extension.catalog import Catalog
from krakpy.extension.needs import Need, needs_of
from krakpy.extension.policy import source_of


def asked_of(settings: ServiceSettings, catalog: Catalog) -> tuple[Need, ...]:
    """Every need of a configuration, those of drivers by name included."""
    needs, _ = needs_of(settings)
    return (*needs, *driver_needs(needs, catalog, settings.plugin))


def driver_needs(needs: Iterable[Need], catalog: Catalog, plugin: Plugin | None) -> tuple[Need, ...]:
    """The needs of drivers in the settings of these needs, each place and name once."""
    if not catalog.openers:
        return ()
    names = _Names(catalog, plugin)
    found = {(each.families, *each.key): each for need in needs for each in _in(need, names)}
    return tuple(found.values())


def _in(need: Need, names: _Names) -> Iterator[Need]:
    for family, known in names.asked_by(need).items():
        for path, text in _texts(need.config, need.place):
            if names.source(text) in known:
                yield Need((family,), text, path, need.settings)


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every key and every text in a value, each with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield f"{place}.{key}", str(key)
            yield from _texts(inner, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{place}[{index}]")


@dataclass
class _Names:
    """The names of installed drivers, for each namespace of a configuration."""

    catalog: Catalog
    plugin: Plugin | None
    # PERF: 5,000 endpoints have the same few namespaces
    known: dict[tuple[tuple[str, ...], str], Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def source(self, text: str) -> str:
        """What a text stands for, if it is an alias."""
        return source_of(self.plugin, text)

    def asked_by(self, need: Need) -> Mapping[str, frozenset[str]]:
        """The families whose drivers the answer to a need asks for, with the names that mean one."""
        key = need.families, need.name
        if key not in self.known:
            answers = self.catalog.find(need.families, self.source(need.name))
            asked = dict.fromkeys(name for answer in answers for name in self.catalog.opened(answer.distribution))
            self.known[key] = {family: self._of(family) for family in asked}
        return self.known[key]

    def _of(self, family: str) -> frozenset[str]:
        return frozenset(text for c in self.catalog.candidates if c.family == family for text in (c.name, c.id))
