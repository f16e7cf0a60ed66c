"""How deep the answers of each backend are opened, as a worker will decide it; third parties are asked in children.

    opened(settings, os.environ)["endpoints[0].backend[0]"]     # Depth(None, "acme-geo/geo")
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from krakpy_sdk import HOOKS

from krakpy.config.settings import ServiceSettings
from krakpy.depth import Depth, depths_of
from krakpy.extension.catalog import Candidate, Catalog, read_catalog
from krakpy.extension.declared import Look, look_at
from krakpy.extension.jobs import jobs_of
from krakpy.extension.preparing import plan
from krakpy.extension.probe import Job, Verdict, probe
from krakpy.extension.readers import FAMILIES, Readers
from krakpy.extension.seating import is_own, is_step

#: what somebody is taken to look at who cannot be asked
_EVERYTHING = Look(None, tuple(HOOKS))


def opened(
    settings: ServiceSettings,
    environ: Mapping[str, str],
    *,
    catalog: Catalog | None = None,
    ask: Callable[[Iterable[Job]], tuple[Verdict, ...]] = probe,
) -> dict[str, Depth]:
    """The depth of every backend whose answers are decoded, by its place."""
    catalog = catalog or read_catalog()
    families = {family for seat in FAMILIES.values() for family in seat}
    planned, _ = plan(settings, environ=environ, catalog=catalog)
    asked = [admission for admission in planned.admissions if admission.candidate.family in families]
    looks = {candidate: _own_look(candidate) for candidate in {a.candidate for a in asked} if is_own(candidate.id)}
    strangers = (admission for admission in asked if admission.candidate not in looks)
    verdicts = ask(jobs_of(strangers, settings.plugin, planned.offers()))
    looks |= {verdict.candidate: _told(verdict) for verdict in verdicts}
    return depths_of(settings, Readers(asked, _steps(catalog), looks.get))


def _own_look(candidate: Candidate) -> Look:
    """What one of krakpy's own classes says: the only code that is imported here."""
    return look_at(candidate.family, candidate.entry_point.load())


def _told(verdict: Verdict) -> Look:
    return Look(verdict.paths, verdict.hooks) if verdict.is_good else _EVERYTHING


def _steps(catalog: Catalog) -> dict[str, dict[str, type]]:
    own = [candidate for candidate in catalog.candidates if is_step(candidate.id)]
    return {seat: {step.id: step.entry_point.load() for step in own if step.family == seat} for seat in FAMILIES}
