"""Everything that is wrong with a configuration, found in one run; nothing is imported into this process.

    examine("krakend.json", environ=os.environ).problems
"""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from krakpy.cli.custom_schema import breaches
from krakpy.cli.ext.mending import mended
from krakpy.cli.trial import build_routes
from krakpy.codes import Code
from krakpy.collector import paused
from krakpy.config.loading import read
from krakpy.config.model import Service
from krakpy.config.report import Report
from krakpy.config.settings import ServiceSettings, resolve
from krakpy.errors import Problem
from krakpy.extension.needs import FAMILIES
from krakpy.extension.preparing import Options, Prepared, plan, prepare, tried


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What a look at a configuration found."""

    path: str
    settings: ServiceSettings | None = None
    """What was understood; None when the file as such is wrong."""
    problems: tuple[Problem, ...] = ()
    is_tested: bool = False
    """Whether extensions were tried and routes built."""

    @property
    def is_good(self) -> bool:
        """Whether the configuration can be served."""
        return not any(problem.severity == "error" for problem in self.problems)


def examine(
    path: str,
    *,
    environ: Mapping[str, str] | None = None,
    lint: bool = False,
    schema: str | None = None,
    test: bool = False,
    build: Callable[[Prepared], Iterable[Problem]] = build_routes,
) -> Findings:
    """The findings; `lint` makes errors of weak types, `schema` is a file with rules of the operator's own.

    `test` probes extensions and builds routes in children.
    """
    environ = os.environ if environ is None else environ
    with paused():
        return _examined(path, environ, lint=lint, schema=schema, test=test, build=build)


def _examined(
    path: str,
    environ: Mapping[str, str],
    *,
    lint: bool,
    schema: str | None,
    test: bool,
    build: Callable[[Prepared], Iterable[Problem]],
) -> Findings:
    report = Report()
    broken = breaches(path, schema, environ=environ) if schema is not None else ()
    service = read(path, environ, report)
    settings = None if service is None else _resolved(service)
    if settings is None or report.has_errors:
        found = _asked_for(settings, environ, report)
        return Findings(path=path, problems=_joined(_linted(report.problems, lint=lint), broken, found))
    found = _tested(settings, environ, build) if test else _planned(settings, environ)
    problems = _joined(_linted(report.problems, lint=lint), broken, found)
    return Findings(path=path, settings=settings, problems=problems, is_tested=test)


def _resolved(service: Service) -> ServiceSettings | None:
    try:
        return resolve(service)
    except ValueError:
        return None  # NOTE: hosts and paths that cannot be resolved are in the report already


def _asked_for(settings: ServiceSettings | None, environ: Mapping[str, str], report: Report) -> Iterable[Problem]:
    """What extensions a file lacks that has errors of its own too: one run shows everything that has to be done."""
    if settings is None or report.is_broken("plugin"):
        return ()
    return [problem for problem in _planned(settings, environ) if not report.is_broken(problem.place)]


def _joined(*found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Everything that was found, each problem once."""
    return tuple(dict.fromkeys(map(_weighed, chain.from_iterable(found))))


def _weighed(problem: Problem) -> Problem:
    """A component that is left out for its settings serves nobody: what a start only tells is an error here."""
    return replace(problem, severity="error") if problem.code is Code.SWITCHED_OFF else problem


def _planned(settings: ServiceSettings, environ: Mapping[str, str]) -> Iterable[Problem]:
    planned, refused = plan(settings, environ=environ)
    # NOTE: krakpy's own packages are looked at without a test too, in children, so that a good check means a good start
    offered = planned.offers().names
    asked = (use for use in planned.admissions if use.need.families in FAMILIES.values())
    own = [use for use in asked if use.candidate.is_first_party]
    # NOTE: and the drivers of others that krakpy's own ask for by name, or nobody could say what these say to them
    drivers = (use for use in planned.admissions if use.candidate.family in offered) if own else ()
    verdicts = tried(planned, (*own, *drivers))
    told = (problem for verdict in verdicts for problem in (*verdict.warnings, *verdict.problems))
    return (*planned.warnings, *refused, *told)


def _tested(
    settings: ServiceSettings, environ: Mapping[str, str], build: Callable[[Prepared], Iterable[Problem]]
) -> Iterable[Problem]:
    _, refused = plan(settings, environ=environ)
    prepared = prepare(settings, environ=environ, options=Options(ignore_missing=True))
    probed = [mended(problem, verdict.candidate) for verdict in prepared.verdicts for problem in verdict.problems]
    return (*prepared.warnings, *refused, *probed, *build(prepared))


def _linted(problems: Iterable[Problem], *, lint: bool) -> tuple[Problem, ...]:
    """KrakenD's linter refuses what its parser accepts in a weak type; so does `-l`."""
    return tuple(
        replace(problem, severity="error") if lint and problem.code is Code.WEAK_TYPE else problem
        for problem in problems
    )
