"""Names that KrakenD does not know either, and what it takes them for: an `encoding` for JSON, an `sd` for `static`.

    {"encoding": "nonsense"}      # decoded as JSON, with a warning at the start and in `krakpy check`
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from krakpy.codes import Code
from krakpy.config.settings import EndpointSettings
from krakpy.errors import Problem
from krakpy.extension.catalog import Catalog, known_drivers
from krakpy.extension.gates import Gates
from krakpy.extension.needs import Need

_STAND_INS = MappingProxyType({"decoder": "json", "renderer": "json", "discovery": "static"})
_UNKNOWN = (Code.UNKNOWN_NAME, Code.ENTERPRISE)


def as_krakend_reads(needs: Iterable[Need], gates: Gates) -> tuple[tuple[Need, ...], tuple[Problem, ...]]:
    """The needs with a name that KrakenD has for each that it does not know, and a warning for each of those.

    What a package of krakpy's brings stays as it is, and so do names that only an operator of krakpy can mean:
    canonical ids and those of `plugin.instances`.
    """
    read: list[Need] = []
    warnings: list[Problem] = []
    # PERF: sets of names: 5,000 endpoints have 15,000 such needs
    known = {family: gates.catalog.names((family,)) | known_drivers().get(family, {}).keys() for family in _STAND_INS}
    for need in needs:
        family = need.families[0]
        problem = gates.admit(need) if family in known and need.name not in known[family] else None
        if isinstance(problem, Problem) and problem.code in _UNKNOWN and not _is_ours(need, gates):
            name = _stand_in(need, gates.catalog)
            read.append(replace(need, name=name))
            warnings.append(_warning(problem, name))
        else:
            read.append(need)
    return tuple(read), tuple(warnings)


def _is_ours(need: Need, gates: Gates) -> bool:
    return "/" in need.name or bool(gates.plugin and need.name in gates.plugin.instances)


def _stand_in(need: Need, catalog: Catalog) -> str:
    """What KrakenD takes; for an answer that is the encoding of its only backend, if it can write that."""
    settings = need.settings
    if isinstance(settings, EndpointSettings) and len(settings.backends) == 1:
        encoding = settings.backends[0].encoding
        return encoding if encoding in catalog.names(("renderer",)) else "json"
    return _STAND_INS[need.families[0]]


def _warning(problem: Problem, name: str) -> Problem:
    message = f"{problem.message}; taken for {name!r}, as KrakenD does"
    return Problem(problem.code, problem.place, message, problem.remedy, "warning")
