"""Who asks for what in a configuration, whether or not a gate is closed for it, and what nobody can ask for."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from krakpy.codes import Code
from krakpy.config.model import Plugin, Service
from krakpy.config.settings import ServiceSettings, resolve
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.contracts import CONTRACTS, MAJOR
from krakpy.extension.driver_needs import asked_of
from krakpy.extension.gates import Admission
from krakpy.extension.needs import Need
from krakpy.extension.offers import Offers, offers_of
from krakpy.extension.policy import policy_of, source_of

#: what tells a candidate from every other: its group and its id
Key = tuple[str, str]


def key_of(candidate: Candidate) -> Key:
    """What tells a candidate from every other."""
    return candidate.entry_point.group, candidate.id


def uses_of(asked: Iterable[Need], catalog: Catalog, plugin: Plugin | None) -> Mapping[Key, tuple[Need, ...]]:
    """The needs that name each candidate."""
    found: dict[Key, list[Need]] = {}
    for need in asked:
        for candidate in catalog.find(need.families, source_of(plugin, need.name)):
            found.setdefault(key_of(candidate), []).append(need)
    return {key: tuple(needs) for key, needs in found.items()}


def unspoken(candidate: Candidate, catalog: Catalog) -> Problem | None:
    """Why nothing can use it: a group, or a version of a contract, that nobody here knows."""
    opened = {opener.name for opener in catalog.openers}
    if candidate.family in CONTRACTS.keys() | opened and candidate.major <= MAJOR:
        return None
    message = f"this krakpy does not speak {candidate.entry_point.group}"
    return Problem(Code.SDK_RANGE, candidate.id, message, "pip install --upgrade krakpy")


def admissions_of(candidate: Candidate, settings: ServiceSettings, catalog: Catalog) -> tuple[Admission, ...]:
    """The uses of a candidate with their policies, as if every gate were open: what a probe builds."""
    plugin = settings.plugin
    # NOTE: what is installed in another environment stands in no catalog of ours
    found = Catalog((candidate,)) if candidate.python else catalog
    uses = uses_of(asked_of(settings, catalog), found, plugin).get(key_of(candidate), ())
    return tuple(Admission(need, candidate, policy_of(plugin, need.name, candidate)) for need in uses)


def offers_if_open(settings: ServiceSettings | None, catalog: Catalog) -> Offers:
    """The drivers that extensions may ask for by name, as if every gate were open."""
    if settings is None:
        return offers_of(resolve(Service()), catalog, ())
    opened = {opener.name for opener in catalog.openers}
    needs = [need for need in asked_of(settings, catalog) if opened.intersection(need.families)]
    found = ((need, catalog.find(need.families, source_of(settings.plugin, need.name))) for need in needs)
    plugin = settings.plugin
    return offers_of(settings, catalog, [Admission(n, c[0], policy_of(plugin, n.name, c[0])) for n, c in found if c])
