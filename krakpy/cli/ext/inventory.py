"""What is installed and what a configuration makes of it, told from metadata alone.

    for entry in take(read_catalog(), settings, os.environ).entries: ...
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from krakpy.cli.ext.uses import Key, key_of, unspoken, uses_of
from krakpy.codes import Code
from krakpy.config.model import InstanceDefaults, Plugin, Service
from krakpy.config.settings import ServiceSettings, resolve
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.driver_needs import asked_of
from krakpy.extension.gates import SWITCHES, Gates
from krakpy.extension.needs import Need
from krakpy.extension.policy import policy_of, source_of, tier_of
from krakpy.extension.probe import Verdict

State = Literal[
    "used", "available", "built-in", "off", "gate-closed", "refused", "ambiguous", "failed", "not-installed",
    "unlisted", "altered",
]

#: what a refusal with this code is called; every other is `refused`
_STATES: Mapping[Code, State] = {
    Code.GATE_CLOSED: "gate-closed", Code.AMBIGUOUS: "ambiguous", Code.UNLISTED: "unlisted", Code.ALTERED: "altered",
}

#: where no configuration says anything: the gates that it would have are open
_OPEN = Plugin(defaults=InstanceDefaults(isolation="inproc"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One extension, or a name that nothing installed answers (then without a candidate)."""

    id: str
    state: State
    candidate: Candidate | None = None
    uses: tuple[Need, ...] = ()
    tiers: tuple[str, ...] = ()
    """Where its uses run."""
    reason: Problem | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Inventory:
    """Everything that is installed and everything that is asked for."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    """The distributions that could not be read."""
    is_environment_open: bool
    is_configuration_open: bool | None
    """Whether there is a `plugin` object; None without a configuration."""

    def of(self, candidate: Candidate) -> Entry:
        """The entry of a candidate of the same catalog."""
        return next(entry for entry in self.entries if entry.candidate is candidate)


def take(
    catalog: Catalog, settings: ServiceSettings | None, environ: Mapping[str, str], verdicts: Iterable[Verdict] = ()
) -> Inventory:
    """The inventory; with the verdicts of a probe those that failed say so."""
    look = _Look(catalog, settings, environ, verdicts)
    return Inventory(
        entries=(*map(look.entry, catalog.candidates), *look.elsewhere(), *look.missing()),
        problems=catalog.problems,
        is_environment_open=any(environ.get(name) for name in SWITCHES),
        is_configuration_open=None if settings is None else settings.plugin is not None,
    )


class _Look:
    """One look at a catalog through a configuration's eyes."""

    def __init__(
        self,
        catalog: Catalog,
        settings: ServiceSettings | None,
        environ: Mapping[str, str],
        verdicts: Iterable[Verdict],
    ) -> None:
        self._catalog = catalog
        self._plugin = settings.plugin if settings else _OPEN
        self._nobody = settings or resolve(Service())
        self._gates = Gates(catalog, self._plugin, environ)
        needs = asked_of(settings, catalog) if settings else ()
        self._elsewhere = _elsewhere(needs, self._gates)
        taken = {need.key for uses in self._elsewhere.values() for need in uses}
        self._needs = tuple(need for need in needs if need.families != ("hooks",) or need.key not in taken)
        self._uses = uses_of(self._needs, catalog, self._plugin)
        self._failed: dict[Key, Problem] = {
            key_of(verdict.candidate): verdict.problems[0] for verdict in verdicts if not verdict.is_good
        }

    def entry(self, candidate: Candidate) -> Entry:
        """The entry of an installed extension."""
        uses = self._uses.get(key_of(candidate), ())
        refusal = unspoken(candidate, self._catalog) or self._refusal(candidate, uses)
        state = self._state(candidate, uses, refusal)
        failure = self._failed.get(key_of(candidate))
        if failure is not None and state in ("used", "available"):
            return Entry(id=candidate.id, state="failed", candidate=candidate, uses=uses, reason=failure)
        tiers = self._tiers(candidate, uses)
        return Entry(id=candidate.id, state=state, candidate=candidate, uses=uses, tiers=tiers, reason=refusal)

    def elsewhere(self) -> Iterator[Entry]:
        """One entry for each extension that runs in an environment of its own."""
        for candidate, needs in self._elsewhere.items():
            uses, failure = tuple(needs), self._failed.get(key_of(candidate))
            state: State = "used" if failure is None else "failed"
            tiers = self._tiers(candidate, uses)
            yield Entry(id=candidate.id, state=state, candidate=candidate, uses=uses, tiers=tiers, reason=failure)

    def _tiers(self, candidate: Candidate, uses: Iterable[Need]) -> tuple[str, ...]:
        found = {tier_of(candidate, policy_of(self._plugin, use.name, candidate)) for use in uses}
        return tuple(sorted(found)) if candidate.family == "hooks" else ()

    def missing(self) -> Iterator[Entry]:
        """One entry for each name that nothing installed answers."""
        wanted: dict[str, list[Need]] = {}
        for need in self._needs:
            source = source_of(self._plugin, need.name)
            if not self._catalog.find(need.families, source):
                wanted.setdefault(source, []).append(need)
        for source, needs in wanted.items():
            answer = self._gates.admit(needs[0])
            reason = answer if isinstance(answer, Problem) else None
            yield Entry(id=source, state="not-installed", uses=tuple(needs), reason=reason)

    def _state(self, candidate: Candidate, uses: Iterable[Need], refusal: Problem | None) -> State:
        if candidate.distribution == "krakpy":
            return "used" if uses else "built-in"
        if refusal is not None:
            return _STATES.get(refusal.code, "refused")
        modes = {policy_of(self._plugin, use.name, candidate).mode for use in uses}
        return ("off" if modes == {"off"} else "used") if modes else "available"

    def _refusal(self, candidate: Candidate, uses: Iterable[Need]) -> Problem | None:
        """The first gate that is closed for it, or that would be if somebody asked for it."""
        imagined = Need((candidate.slot,), candidate.id, "", self._nobody)
        refusals = (self._refused(candidate, use) for use in uses or (imagined,))
        return next((refusal for refusal in refusals if refusal), None)

    def _refused(self, candidate: Candidate, use: Need) -> Problem | None:
        answer = self._gates.admit(use)
        if isinstance(answer, Problem):
            return answer
        admitted = [admission.candidate for admission in answer]
        if candidate in admitted:
            return None
        message = f"{use.name!r} means {', '.join(other.id for other in admitted)} here"
        return Problem(Code.AMBIGUOUS, use.place, message, f"write {candidate.id!r}")


def _elsewhere(needs: Iterable[Need], gates: Gates) -> dict[Candidate, list[Need]]:
    """Who is installed in another environment, and asked for."""
    found: dict[Candidate, list[Need]] = {}
    for need in needs:
        answer = gates.admit(need) if need.families == ("hooks",) else ()
        for admission in () if isinstance(answer, Problem) else answer:
            if admission.candidate.python:
                found.setdefault(admission.candidate, []).append(need)
    return found
