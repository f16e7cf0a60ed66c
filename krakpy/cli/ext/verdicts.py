"""Probes on behalf of the `ext` commands: with the real settings of a configuration, and as if every gate were open."""
from __future__ import annotations

from collections.abc import Iterable

from krakpy.cli.documents import listed
from krakpy.cli.ext.mending import mended
from krakpy.cli.ext.uses import admissions_of, unspoken
from krakpy.config.settings import ServiceSettings
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.preparing import jobs_of
from krakpy.extension.probe import Job, Verdict, probe


def probed(
    candidates: Iterable[Candidate], settings: ServiceSettings | None, catalog: Catalog
) -> tuple[Verdict, ...]:
    """The verdicts on these candidates, each with its real settings where a configuration uses it."""
    return judged(job_of(candidate, settings, catalog) for candidate in candidates)


def judged(jobs: Iterable[Job]) -> tuple[Verdict, ...]:
    """The verdicts in the order of the jobs; what speaks another contract is not tried."""
    jobs = tuple(jobs)
    tried = iter(probe(job for job in jobs if not unspoken(job.candidate)))
    refused = ((job.candidate, unspoken(job.candidate)) for job in jobs)
    return tuple(Verdict(candidate, (problem,)) if problem else next(tried) for candidate, problem in refused)


def job_of(candidate: Candidate, settings: ServiceSettings | None, catalog: Catalog) -> Job:
    """The job of one candidate, as if every gate were open for it."""
    admissions = admissions_of(candidate, settings, catalog) if settings else ()
    jobs = jobs_of(admissions, settings.plugin if settings else None)
    return jobs[0] if jobs else Job(candidate)


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
