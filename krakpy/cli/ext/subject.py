"""What `ext test` and `ext bench` try: one extension, its hooks as a probe found them, its tiers and its settings.

    subject = subject_of("geo", catalog, settings)
    subject.trial("process", {"header": "X-Country"})
"""
from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from krakpy.cli.ext.exchange import Trial
from krakpy.cli.ext.mending import mended
from krakpy.cli.ext.source import named
from krakpy.cli.ext.uses import admissions_of
from krakpy.cli.ext.verdicts import judged
from krakpy.config.settings import ServiceSettings
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.environments import survey
from krakpy.extension.jobs import config_of
from krakpy.extension.policy import Policy, policy_of, tier_of
from krakpy.extension.probe import Job

TIERS = ("inproc", "process", "venv")


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """One extension that is tried."""

    candidate: Candidate
    policy: Policy
    settings: Any = None
    """As the configuration has them at its first use; None without a configuration."""
    hooks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Why it cannot be tried: what a probe found."""

    @property
    def is_hook(self) -> bool:
        """Whether it can run anywhere but in the worker."""
        return self.candidate.family == "hooks"

    @property
    def tiers(self) -> tuple[str, ...]:
        """Where it can run."""
        if not self.is_hook:
            return ("inproc",)
        return ("venv",) if self.candidate.python else ("inproc", "process")

    @property
    def usual_tier(self) -> str:
        """Where it runs unless somebody says otherwise."""
        return "venv" if self.candidate.python else tier_of(self.candidate, self.policy)

    def trial(self, tier: str, settings: Any = None, timeout: str = "") -> Trial:
        """The extension in this tier, with these settings or its own."""
        given = self.settings if settings is None else settings
        return Trial(candidate=self.candidate, hooks=self.hooks, tier=tier, settings=given, timeout=timeout)


def subject_of(id: str, catalog: Catalog, settings: ServiceSettings | None, *, python: str | None = None) -> Subject:
    """The one extension that an id means here, or in the environment of another interpreter; asked in a child."""
    found = named(id, survey(python).catalog if python else catalog, settings)
    candidate = found[0]
    uses = admissions_of(candidate, settings, catalog) if settings else ()
    [verdict] = judged([Job(candidate)], catalog)
    config = config_of(uses[0], settings.plugin) if uses and settings else None
    policy = uses[0].policy if uses else policy_of(settings.plugin if settings else None, candidate.name, candidate)
    problems = tuple(mended(problem, candidate) for problem in verdict.problems)
    return Subject(candidate=candidate, policy=policy, settings=config, hooks=verdict.hooks, problems=problems)


def tier_for(subject: Subject, wanted: str | None) -> str:
    """The tier that is asked for, or the usual one; ends the command if the extension cannot run there."""
    tier = wanted or (subject.usual_tier if subject.is_hook else "inproc")
    if tier not in subject.tiers:
        where = f"a {subject.candidate.family} runs in {' or '.join(subject.tiers)}"
        why = "write --python FILE too" if tier == "venv" and subject.is_hook else where
        raise click.BadParameter(f"{subject.candidate.id} cannot run in {tier} here: {why}", param_hint="--tier")
    return tier


def text_of(value: str) -> str:
    """A text of the command line; `@FILE` stands for what is in the file, `@-` for standard input."""
    if not value.startswith("@"):
        return value
    try:
        return sys.stdin.read() if value == "@-" else Path(value[1:]).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{value[1:]} cannot be read: {error}") from error


def settings_from(value: str | None) -> Any:
    """The settings that the command line gives as JSON, or None."""
    if value is None:
        return None
    try:
        return json.loads(text_of(value))
    except ValueError as error:
        raise click.BadParameter(f"no JSON: {error}", param_hint="--settings") from error


def fields_of(lines: tuple[str, ...]) -> dict[str, str]:
    """The header fields of `-H 'Name: value'`."""
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter(f"{line!r} is not `Name: value`", param_hint="-H")
        found[name.strip()] = value.strip()
    return found
