"""What is settled before any worker exists: which extensions load, which failed, and whether the gateway may start.

    prepared = prepare(settings, environ=os.environ)     # ConfigurationError: it may not

Metadata and children only: nothing is imported into this process.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from krakpy.codes import Code
from krakpy.config.model import Plugin
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.catalog import Catalog, read_catalog
from krakpy.extension.contracts import CONTRACTS
from krakpy.extension.gates import Admission, Gates
from krakpy.extension.needs import Need, needs_of
from krakpy.extension.probe import Instance, Job, Verdict, probe

#: `--ignore-unknown` never leaves these out: a gateway without its guards is not the gateway that was asked for
PROTECTED = ("auth/", "security/", "validation/", "qos/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What the operator says on the command line."""

    safe_mode: bool = False
    """Import no third-party code; what requires it answers 503."""
    ignore_missing: bool = False
    """Start although an extension may not load; its endpoints answer 503."""
    ignore_unknown: bool = False
    """Start although nothing answers a namespace; it has no effect."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A need that will not be met, and why: what stands at its place answers 503."""

    need: Need
    problem: Problem


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a worker needs to know to load exactly what was admitted."""

    settings: ServiceSettings
    catalog: Catalog
    admissions: tuple[Admission, ...] = ()
    failures: tuple[Failure, ...] = ()
    warnings: tuple[Problem, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def prepare(
    settings: ServiceSettings,
    *,
    environ: Mapping[str, str],
    options: Options | None = None,
    catalog: Catalog | None = None,
    examine: Callable[[Iterable[Job]], tuple[Verdict, ...]] = probe,
) -> Prepared:
    """The admitted extensions after gates and probe; ConfigurationError holds everything that forbids a start."""
    planned, refused = plan(settings, environ=environ, options=options, catalog=catalog)
    verdicts = examine(jobs_of(planned.admissions, settings.plugin))
    refused += [problem for verdict in verdicts for problem in verdict.problems if problem.code is Code.SETTINGS]
    if refused and not (options and options.ignore_missing):
        raise ConfigurationError(tuple(refused))
    return _judged(planned, verdicts)


def plan(
    settings: ServiceSettings,
    *,
    environ: Mapping[str, str],
    options: Options | None = None,
    catalog: Catalog | None = None,
) -> tuple[Prepared, list[Problem]]:
    """What the gates alone decide, and the problems for which the gateway does not start; no child is spawned."""
    options = options or Options()
    catalog = catalog or read_catalog()
    needs, malformed = needs_of(settings)
    passed = Gates(catalog, settings.plugin, environ)
    admissions: list[Admission] = []
    failures: list[Failure] = []
    warnings = list(catalog.problems)
    for need in needs:
        answer = passed.admit(need)
        if isinstance(answer, tuple):
            admissions += answer
        elif options.ignore_unknown and _is_harmless(answer, need):
            warnings.append(_warning(answer))
        else:
            failures.append(Failure(need, answer))
    refused = [*malformed, *(failure.problem for failure in failures)]
    if options.safe_mode:
        admissions, unsafe = _without_third_party(admissions)
        failures += unsafe
    return Prepared(settings, catalog, tuple(_active(admissions)), tuple(failures), tuple(warnings)), refused


def _warning(problem: Problem) -> Problem:
    return Problem(problem.code, problem.place, f"{problem.message}; ignored", problem.remedy, "warning")


def _is_harmless(problem: Problem, need: Need) -> bool:
    return problem.code in (Code.UNKNOWN_NAMESPACE, Code.ENTERPRISE) and not need.name.startswith(PROTECTED)


def _active(admissions: Iterable[Admission]) -> Iterator[Admission]:
    """Those that are not switched off; an instance with `mode: off` is never imported."""
    return (admission for admission in admissions if admission.policy.mode != "off")


def _without_third_party(admissions: list[Admission]) -> tuple[list[Admission], list[Failure]]:
    kept = [admission for admission in admissions if admission.candidate.is_first_party]
    left = [
        Failure(a.need, Problem(Code.SAFE_MODE, a.need.place, f"{a.candidate.id} is not imported in safe mode"))
        for a in _active(admissions)
        if not a.candidate.is_first_party
    ]
    return kept, left


def jobs_of(admissions: Iterable[Admission], plugin: Plugin | None) -> list[Job]:
    """One job for each extension that somebody asks for; krakpy's own modules are not probed."""
    uses: dict[tuple[str, str], list[Admission]] = {}
    for admission in admissions:
        if admission.candidate.distribution != "krakpy":
            uses.setdefault((admission.candidate.family, admission.candidate.id), []).append(admission)
    return [Job(group[0].candidate, tuple(_instance(use, plugin) for use in group)) for group in uses.values()]


def _instance(admission: Admission, plugin: Plugin | None) -> Instance:
    need, kind = admission.need, CONTRACTS[admission.candidate.family].kind
    return Instance(
        place=need.place,
        name=need.name,
        kind=kind,
        config=config_of(admission, plugin),
        settings=_plain(need.settings) if kind == "middleware" else {},
        hooks=need.hooks,
    )


def config_of(admission: Admission, plugin: Plugin | None) -> Any:
    """The settings of one use as the configuration has them: where it is listed, else at its instance."""
    if admission.need.config is not None or CONTRACTS[admission.candidate.family].kind == "middleware":
        return admission.need.config
    keys = (admission.need.name, admission.candidate.id, admission.candidate.name)
    return next((plugin.instances[key].config for key in keys if plugin and key in plugin.instances), None)


def _plain(settings: Any) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(settings, enc_hook=str)
    return {name: value for name, value in fields.items() if name not in ("endpoints", "hooks", "config")}


def _judged(planned: Prepared, verdicts: tuple[Verdict, ...]) -> Prepared:
    bad = {(v.candidate.family, v.candidate.id): v.problems for v in verdicts if not v.is_good}
    failures = list(planned.failures)
    for admission in planned.admissions:
        problems = bad.get((admission.candidate.family, admission.candidate.id), ())
        failures += [Failure(admission.need, problem) for problem in _about(admission.need, problems)]
    failed = {failure.need.key for failure in failures}
    return Prepared(
        planned.settings,
        planned.catalog,
        tuple(admission for admission in planned.admissions if admission.need.key not in failed),
        tuple(failures),
        (*planned.warnings, *(warning for verdict in verdicts for warning in verdict.warnings)),
        verdicts,
    )


def _about(need: Need, problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first problem that concerns this use: one of the extension as a whole, or one at this place."""
    for problem in problems:
        is_placed = problem.place.startswith(("endpoints[", "extra_config."))
        inside = (f"{need.place}.", f"{need.place}[")
        if not is_placed or problem.place == need.place or problem.place.startswith(inside):
            yield problem
            return
