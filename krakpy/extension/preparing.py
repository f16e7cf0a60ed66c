"""What is settled before any worker exists: which extensions load, which failed, and whether the gateway may start.

    prepared = prepare(settings, environ=os.environ)     # ConfigurationError: it may not

Metadata and children only: nothing is imported into this process.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from krakpy.codes import Code
from krakpy.config.model import Plugin
from krakpy.config.namespaces import PROTECTED
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.catalog import Catalog, read_catalog
from krakpy.extension.driver_needs import driver_needs
from krakpy.extension.gates import Admission, Gates, misspelt
from krakpy.extension.jobs import jobs_of
from krakpy.extension.needs import FAMILIES, Failure, Need, needs_of
from krakpy.extension.neighbours import overlaps, shadows
from krakpy.extension.offers import Offers, offers_of
from krakpy.extension.probe import Job, Verdict, probe
from krakpy.extension.remembering import examined
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

    def offers(self) -> Offers:
        """The drivers that may be asked for by name."""
        return offers_of(self.settings, self.catalog, self.admissions, self.failures)


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
    verdicts = tried(planned, planned.admissions, examine)
    refused += [problem for verdict in verdicts for problem in verdict.problems if _is_of_the_file(problem)]
    is_lenient = options is not None and options.ignore_missing
    if refused and not is_lenient:
        raise ConfigurationError(tuple(refused))
    prepared = _judged(planned, verdicts)
    if not is_lenient:
        _check_that_something_serves(prepared)
    return prepared


def _check_that_something_serves(prepared: Prepared) -> None:
    """ConfigurationError if guards that cannot work have taken every endpoint."""
    unusable = [failure for failure in prepared.failures if failure.problem.code is Code.UNUSABLE]
    lost = {failure.need.owner.partition(".")[0] for failure in unusable}
    if unusable and ("" in lost or all(endpoint.place in lost for endpoint in prepared.settings.endpoints)):
        raise ConfigurationError(tuple(failure.problem for failure in unusable))


def tried(
    planned: Prepared,
    admissions: Iterable[Admission],
    examine: Callable[[Iterable[Job]], tuple[Verdict, ...]] = probe,
) -> tuple[Verdict, ...]:
    """The verdicts on these admissions: first those on drivers that others ask for by name, so that nobody is blamed
    for a driver that is broken."""
    settings, offers = planned.settings, planned.offers()
    named: list[Admission] = []
    others: list[Admission] = []
    for admission in admissions:
        is_named = admission.candidate.family in offers.names and not admission.candidate.is_first_party
        (named if is_named else others).append(admission)
    first = examined(settings.plugin, jobs_of(named, settings.plugin, offers), examine) if named else ()
    bad = {(v.candidate.family, v.candidate.id): v.problems[0] for v in first if not v.is_good}
    failures = {
        (a.candidate.family, a.need.name): bad[a.candidate.family, a.candidate.id]
        for a in named
        if (a.candidate.family, a.candidate.id) in bad
    }
    jobs = jobs_of(others, settings.plugin, offers.with_failures(failures))
    return (*first, *examined(settings.plugin, jobs, examine))


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
    needs = (*needs, *driver_needs(needs, catalog, settings.plugin))
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
