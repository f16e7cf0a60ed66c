"""The drivers that packages may ask for by name, and what to say about one that nobody offers.

    offers = offers_of(prepared)
    offers.find("store", "redis")       # an Admission; ConfigError if there is none
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from krakpy_sdk import ConfigError, MissingDriver

from krakpy.config.model import Plugin
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ExtensionError, Problem
from krakpy.extension.catalog import Candidate, Catalog, known_drivers
from krakpy.extension.gates import Admission
from krakpy.extension.needs import Failure, Need
from krakpy.extension.policy import Policy, instance_of

Key = tuple[str, str]
"""A family, and a name, an id or an alias."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What `settings.driver` finds."""

    admissions: Mapping[Key, Admission] = field(default_factory=dict)
    """krakpy's own drivers, named or not, and those of others that the configuration names."""
    failures: Mapping[Key, Problem] = field(default_factory=dict)
    """Those that it names and that may not be used."""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Every name that something installed has, by family."""
    protocols: Mapping[str, str] = field(default_factory=dict)
    """What the drivers of a family have: where its Protocol is."""
    plugin: Plugin | None = None

    def find(self, family: str, name: str) -> Admission:
        """The driver of this name; ConfigError if there is none, ExtensionError if it may not be used."""
        failure = self.failures.get((family, name))
        if failure is not None:
            raise ExtensionError(failure, instance=name)
        admission = self.admissions.get((family, name))
        if admission is None:
            raise missing(family, name, self.names.get(family, ()), has_plugins=self.plugin is not None)
        return admission

    def config_of(self, admission: Admission) -> Any:
        """The settings that `plugin.instances` has for a driver."""
        instance = instance_of(self.plugin, admission.need.name, admission.candidate)
        return instance.config if instance else None

    def with_failures(self, failures: Mapping[Key, Problem]) -> Offers:
        """The same, but these may not be used."""
        return Offers(self.admissions, {**self.failures, **failures}, self.names, self.protocols, self.plugin)

    def as_json(self) -> dict[str, Any]:
        """What the child of a probe needs to know."""
        drivers: dict[str, dict[str, Any]] = {}
        for (family, name), admission in self.admissions.items():
            candidate = admission.candidate
            told = {"id": candidate.id, "target": candidate.target, "config": self.config_of(admission)}
            drivers.setdefault(family, {})[name] = told
        return {
            "drivers": drivers,
            "failed": [list(key) for key in self.failures],
            "names": {family: list(names) for family, names in self.names.items()},
            "has_plugins": self.plugin is not None,
        }


def offers_of(
    settings: ServiceSettings, catalog: Catalog, admissions: Iterable[Admission], failures: Iterable[Failure] = ()
) -> Offers:
    """What a configuration offers: krakpy's own drivers, and what of others was admitted because it is named."""
    families = dict.fromkeys(opener.name for opener in catalog.openers)
    if not families:
        return Offers()
    admissions = tuple(admissions)
    found = {(a.candidate.family, a.need.name): a for a in admissions if a.candidate.family in families}
    for own in catalog.candidates:
        if own.family in families and own.is_first_party:
            for name in (own.name, own.id):
                found.setdefault((own.family, name), Admission(Need((own.family,), name, "", settings), own, Policy()))
    return Offers(
        found,
        {(f.need.families[0], f.need.name): f.problem for f in failures if f.need.families[0] in families},
        {family: tuple(sorted(catalog.names((family,)))) for family in families},
        dict(_protocols(catalog, admissions)),
        settings.plugin,
    )


def missing(family: str, name: str, names: Iterable[str], *, has_plugins: bool) -> ConfigError:
    """The error for a driver that nobody offers."""
    said = _unknown(family, name, names)
    if not has_plugins:
        return ConfigError(said)
    is_advised = said.endswith("?") or "pip install" in said
    return MissingDriver(said if is_advised else f"{said}: pip install the package that does")


def _unknown(family: str, name: str, names: Iterable[str]) -> str:
    said = f"no installed package offers the {family} driver {name!r}"
    if name in names:
        return f"the {family} driver {name!r} has to be named in the settings of who asks for it"
    package = known_drivers().get(family, {}).get(name)
    near = get_close_matches(name, list(names), 1)
    if package:
        return f"{said}: pip install {package}"
    return f"{said}; did you mean {near[0]!r}?" if near else said


def _protocols(catalog: Catalog, admissions: Iterable[Admission]) -> Iterable[tuple[str, str]]:
    """Where the Protocol of each family is, as somebody says whose code may be imported."""
    # SECURITY: what a Protocol says is imported by workers too, and no gate was asked about who advertises it
    trusted = {admission.candidate.distribution for admission in admissions}
    said: list[Candidate] = [o for o in catalog.openers if o.is_first_party or o.distribution in trusted]
    for opener in sorted(said, key=lambda opener: opener.is_first_party):
        yield opener.name, opener.target
