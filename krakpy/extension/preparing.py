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
from krakpy.config.namespaces import PROTECTED
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.catalog import Candidate, Catalog, read_catalog
from krakpy.extension.contracts import CONTRACTS
from krakpy.extension.gates import Admission, Gates, misspelt
from krakpy.extension.needs import FAMILIES, LISTING, Failure, Need, needs_of
from krakpy.extension.neighbours import overlaps, shadows
from krakpy.extension.policy import instance_of
from krakpy.extension.probe import Instance, Job, Verdict, probe
from krakpy.extension.unknown_names import as_krakend_reads


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
    refused += [problem for verdict in verdicts for problem in verdict.problems if _is_of_the_file(problem)]
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
    gates = Gates(catalog, settings.plugin, environ)
    needs, unknown = as_krakend_reads(needs, gates)
    admissions, refusals = _admitted(needs, gates)
    ignored: list[Failure] = []
    failures = list(malformed)
    for failure in refusals:
        is_left_out = failure.problem.severity == "warning" or (options.ignore_unknown and _is_harmless(failure))
        (ignored if is_left_out else failures).append(failure)
    refused = [*misspelt(settings.plugin), *(failure.problem for failure in failures)]
    warnings = [
        *catalog.problems,
        *unknown,
        *(_warning(failure.problem) for failure in ignored),
        *_unused(settings.plugin, needs, admissions),
        *_neighbours(admissions),
    ]
    if options.safe_mode:
        admissions, unsafe = _without_third_party(admissions)
        failures += unsafe
    return Prepared(settings, catalog, tuple(_active(admissions)), tuple(failures), tuple(warnings)), refused


def _admitted(needs: Iterable[Need], gates: Gates) -> tuple[list[Admission], list[Failure]]:
    admissions: list[Admission] = []
    refusals: list[Failure] = []
    for need in needs:
        answer = gates.admit(need)
        if isinstance(answer, Problem):
            refusals.append(Failure(need, answer))
        else:
            admissions += answer
    return admissions, refusals


def _warning(problem: Problem) -> Problem:
    return Problem(problem.code, problem.place, f"{problem.message}; ignored", problem.remedy, "warning")


def _is_harmless(failure: Failure) -> bool:
    is_namespace = failure.need.families in FAMILIES.values()
    is_unknown = failure.problem.code in (Code.UNKNOWN_NAMESPACE, Code.ENTERPRISE)
    return is_namespace and is_unknown and not failure.need.name.startswith(PROTECTED)


def _unused(plugin: Plugin | None, needs: Iterable[Need], admissions: Iterable[Admission]) -> Iterator[Problem]:
    """The instances that nothing uses: what they say, `"mode": "off"` maybe, is about nobody."""
    if not plugin or not plugin.instances:
        return
    used = {need.name for need in needs}
    used |= {name for admission in admissions for name in (admission.candidate.id, admission.candidate.name)}
    for key in plugin.instances:
        if key not in used:
            message = "nothing in the configuration uses this instance"
            yield Problem(Code.IGNORED, f"plugin.instances.{key}", message, "correct the name, or remove it", "warning")


def _neighbours(admissions: Iterable[Admission]) -> tuple[Problem, ...]:
    strangers = {a.candidate.distribution: a.candidate for a in admissions if not a.candidate.is_first_party}
    return (*overlaps(strangers.values()), *shadows()) if strangers else ()


def _active(admissions: Iterable[Admission]) -> Iterator[Admission]:
    """Those that are not switched off; an instance with `mode: off` is never imported."""
    return (admission for admission in admissions if admission.policy.mode != "off")


def _is_of_the_file(problem: Problem) -> bool:
    """Whether settings do not decode, which is the operator's to mend; all else is wrong with the extension."""
    return problem.code is Code.SETTINGS or problem.code.id.startswith("KC")


def _without_third_party(admissions: list[Admission]) -> tuple[list[Admission], list[Failure]]:
    kept = [admission for admission in admissions if admission.candidate.is_first_party]
    left = [
        Failure(a.need, Problem(Code.SAFE_MODE, a.need.place, f"{a.candidate.id} is not imported in safe mode"))
        for a in _active(admissions)
        if not a.candidate.is_first_party
    ]
    return kept, left


def jobs_of(admissions: Iterable[Admission], plugin: Plugin | None) -> list[Job]:
    """One job for each extension that somebody asks for; of krakpy's own for those alone that have settings."""
    uses: dict[tuple[str, str], list[Admission]] = {}
    drivers: set[tuple[str, str]] = set()
    for admission in admissions:
        if admission.candidate.distribution == "krakpy" and not _has_own_settings(admission, plugin, drivers):
            continue
        uses.setdefault((admission.candidate.family, admission.candidate.id), []).append(admission)
    return [Job(group[0].candidate, tuple(_instance(use, plugin) for use in group)) for group in uses.values()]


def _has_own_settings(admission: Admission, plugin: Plugin | None, drivers: set[tuple[str, str]]) -> bool:
    """Whether what is written for a component may be wrong: more than the names of hooks, or an instance of a driver.

    Of a driver the first use counts, and is noted: all that name it have one instance.
    """
    need = admission.need
    if need.families in FAMILIES.values():
        return need.name not in LISTING
    driver = admission.candidate.family, need.name
    if driver in drivers or config_of(admission, plugin) is None:
        return False
    drivers.add(driver)
    return True


def _instance(admission: Admission, plugin: Plugin | None) -> Instance:
    need, kind = admission.need, CONTRACTS[admission.candidate.family].kind
    return Instance(
        place=need.place,
        name=need.name,
        kind=kind,
        config=config_of(admission, plugin),
        settings=_plain(need.settings) if kind == "middleware" else context_of(need, admission.candidate),
        hooks=need.hooks,
    )


def context_of(need: Need, candidate: Candidate) -> dict[str, str]:
    """What the `Context` of a hook says about where it runs."""
    return {"id": candidate.id, "seat": need.seat, "endpoint": getattr(need.settings, "endpoint", "")}


def config_of(admission: Admission, plugin: Plugin | None) -> Any:
    """The settings of one use as the configuration has them: where it is listed, else at its instance."""
    need, candidate = admission.need, admission.candidate
    if need.config is not None or CONTRACTS[candidate.family].kind == "middleware":
        return need.config
    instance = instance_of(plugin, need.name, candidate)
    return instance.config if instance else None


def _plain(settings: Any) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(settings, enc_hook=str)
    return {name: value for name, value in fields.items() if name not in ("endpoints", "hooks", "config")}


def _judged(planned: Prepared, verdicts: tuple[Verdict, ...]) -> Prepared:
    bad = {(v.candidate.family, v.candidate.id): v.problems for v in verdicts if not v.is_good}
    failures = list(planned.failures)
    warnings = [*planned.warnings, *(warning for verdict in verdicts for warning in verdict.warnings)]
    unseen = set()
    for admission in planned.admissions:
        problems = bad.get((admission.candidate.family, admission.candidate.id), ())
        for problem in _about(admission.need, problems):
            # NOTE: what only shadows a request may not be the reason for which it is not answered
            if admission.policy.mode == "shadow":
                unseen.add(admission.need.key)
                warnings.append(_warning(problem))
            else:
                failures.append(Failure(admission.need, problem))
    left_out = unseen | {failure.need.key for failure in failures}
    admissions = tuple(admission for admission in planned.admissions if admission.need.key not in left_out)
    return Prepared(planned.settings, planned.catalog, admissions, tuple(failures), tuple(warnings), verdicts)


def _about(need: Need, problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first problem that concerns this use: one of the extension as a whole, or one at this place."""
    for problem in problems:
        is_placed = problem.place.startswith(("endpoints[", "extra_config."))
        inside = (f"{need.place}.", f"{need.place}[")
        if not is_placed or problem.place == need.place or problem.place.startswith(inside):
            yield problem
            return
