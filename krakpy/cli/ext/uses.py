"""Who asks for what in a configuration, whether or not a gate is closed for it, and what nobody can ask for."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from krakpy.codes import Code
from krakpy.config.model import Plugin
from krakpy.config.settings import ServiceSettings
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.contracts import CONTRACTS, MAJOR
from krakpy.extension.gates import Admission
from krakpy.extension.needs import Need, needs_of
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


def unspoken(candidate: Candidate) -> Problem | None:
    """Why nothing can use it: a group, or a version of a contract, that this krakpy does not know."""
    if candidate.family in CONTRACTS and candidate.major <= MAJOR:
        return None
    message = f"this krakpy does not speak {candidate.entry_point.group}"
    return Problem(Code.SDK_RANGE, candidate.id, message, "pip install --upgrade krakpy")


def admissions_of(candidate: Candidate, settings: ServiceSettings, catalog: Catalog) -> tuple[Admission, ...]:
    """The uses of a candidate with their policies, as if every gate were open: what a probe builds."""
    plugin = settings.plugin
    # NOTE: what is installed in another environment stands in no catalog of ours
    found = Catalog((candidate,)) if candidate.python else catalog
    uses = uses_of(needs_of(settings)[0], found, plugin).get(key_of(candidate), ())
    return tuple(Admission(need, candidate, policy_of(plugin, need.name, candidate)) for need in uses)
