"""Probes on behalf of the `ext` commands: with the real settings of a configuration, and as if every gate were open."""
from __future__ import annotations

from collections.abc import Iterable

from krakpy.cli.documents import listed
from krakpy.cli.ext.inventory import admissions_of
from krakpy.cli.ext.mending import mended
from krakpy.config.settings import ServiceSettings
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.contracts import CONTRACTS
from krakpy.extension.preparing import jobs_of
from krakpy.extension.probe import Job, Verdict, probe


def probed(
    candidates: Iterable[Candidate], settings: ServiceSettings | None, catalog: Catalog
) -> tuple[Verdict, ...]:
    """The verdicts on these candidates, each with its real settings where a configuration uses it."""
    return probe([job_of(candidate, settings, catalog) for candidate in candidates if candidate.family in CONTRACTS])


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
