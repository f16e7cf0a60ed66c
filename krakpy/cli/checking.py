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
from krakpy.config.loading import Loaded, load
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.preparing import Options, Prepared, plan, prepare


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
    broken = breaches(path, schema) if schema is not None else ()
    try:
        loaded = load(path, environ)
    except ConfigurationError as error:
        return Findings(path=path, problems=_joined(_linted(error.problems, lint=lint), broken))
    found = _tested(loaded, environ, build) if test else _planned(loaded, environ)
    problems = _joined(_linted(loaded.problems, lint=lint), broken, found)
    return Findings(path=path, settings=loaded.settings, problems=problems, is_tested=test)


def _joined(*found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Everything that was found, each problem once."""
    return tuple(dict.fromkeys(chain.from_iterable(found)))


def _planned(loaded: Loaded, environ: Mapping[str, str]) -> Iterable[Problem]:
    planned, refused = plan(loaded.settings, environ=environ)
    return (*planned.warnings, *refused)


def _tested(
    loaded: Loaded, environ: Mapping[str, str], build: Callable[[Prepared], Iterable[Problem]]
) -> Iterable[Problem]:
    _, refused = plan(loaded.settings, environ=environ)
    prepared = prepare(loaded.settings, environ=environ, options=Options(ignore_missing=True))
    probed = [mended(problem, verdict.candidate) for verdict in prepared.verdicts for problem in verdict.problems]
    return (*prepared.warnings, *refused, *probed, *build(prepared))


def _linted(problems: Iterable[Problem], *, lint: bool) -> tuple[Problem, ...]:
    """KrakenD's linter refuses what its parser accepts in a weak type; so does `-l`."""
    return tuple(
        replace(problem, severity="error") if lint and problem.code is Code.WEAK_TYPE else problem
        for problem in problems
    )
