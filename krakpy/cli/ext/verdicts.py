"""Probes on behalf of the `ext` commands: with the real settings of a configuration, and as if every gate were open."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from krakpy.cli.documents import listed
from krakpy.cli.ext.mending import mended
from krakpy.cli.ext.uses import Key, admissions_of, offers_if_open, unspoken
from krakpy.config.settings import ServiceSettings
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.jobs import jobs_of
from krakpy.extension.probe import Job, Verdict, probe


def probed(
    candidates: Iterable[Candidate], settings: ServiceSettings | None, catalog: Catalog
) -> tuple[Verdict, ...]:
    """The verdicts on these candidates, each with its real settings where a configuration uses it."""
    return judged((job_of(candidate, settings, catalog) for candidate in candidates), catalog)


def judged(jobs: Iterable[Job], catalog: Catalog) -> tuple[Verdict, ...]:
    """The verdicts in the order of the jobs; what speaks another contract is not tried."""
    jobs = tuple(jobs)
    opened = {opener.name for opener in catalog.openers}
    spoken = [job for job in jobs if not unspoken(job.candidate, catalog)]
    drivers = probe(job for job in spoken if job.candidate.family in opened)
    # NOTE: nobody is blamed for a driver that is broken, and that he asks for by name
    bad = {(verdict.candidate.family, verdict.candidate.id) for verdict in drivers if not verdict.is_good}
    others = probe(_without(job, bad) for job in spoken if job.candidate.family not in opened)
    found = {verdict.candidate: verdict for verdict in (*drivers, *others)}
    return tuple(found.get(job.candidate) or _refused(job.candidate, catalog) for job in jobs)


def _refused(candidate: Candidate, catalog: Catalog) -> Verdict:
    problem = unspoken(candidate, catalog)
    assert problem is not None, "what is not refused is tried"
    return Verdict(candidate, (problem,))


def _without(job: Job, bad: set[Key]) -> Job:
    """The job, told which drivers nobody can use."""
    drivers: Mapping[str, Mapping[str, Any]] = job.offers.get("drivers", {})
    failed = [
        [family, name] for family, own in drivers.items() for name, told in own.items() if (family, told["id"]) in bad
    ]
    return replace(job, offers={**job.offers, "failed": [*job.offers.get("failed", ()), *failed]}) if failed else job


def job_of(candidate: Candidate, settings: ServiceSettings | None, catalog: Catalog) -> Job:
    """The job of one candidate, as if every gate were open for it."""
    admissions = admissions_of(candidate, settings, catalog) if settings else ()
    offers = offers_if_open(settings, catalog)
    jobs = jobs_of(admissions, settings.plugin if settings else None, offers)
    return jobs[0] if jobs else Job(candidate, protocol=offers.protocols.get(candidate.family, ""))


def as_document(job: Job, verdict: Verdict) -> dict[str, object]:
    """The verdict as `--json` has it."""
    candidate = verdict.candidate
    return {
        "id": candidate.id,
        "version": candidate.version,
        "group": candidate.entry_point.group,
        "target": candidate.target,
        "ok": verdict.is_good,
        "import_s": round(verdict.import_s, 4),
        "uses": [use.place for use in job.instances],
        "hooks": list(verdict.hooks),
        "inside": list(verdict.inside),
        "outside": list(verdict.outside),
        "summary": verdict.summary,
        "output": verdict.output,
        "problems": listed(mended(problem, candidate) for problem in (*verdict.problems, *verdict.warnings)),
    }
