"""What is installed and what a configuration makes of it, told from metadata alone.

    for entry in take(read_catalog(), settings, os.environ).entries: ...
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from krakpy.codes import Code
from krakpy.config.model import InstanceDefaults, Plugin, Service
from krakpy.config.settings import ServiceSettings, resolve
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.contracts import CONTRACTS, MAJOR
from krakpy.extension.gates import SWITCHES, Admission, Gates
from krakpy.extension.needs import Need, needs_of
from krakpy.extension.policy import policy_of, source_of
from krakpy.extension.probe import Verdict

State = Literal["used", "available", "built-in", "off", "gate-closed", "refused", "ambiguous", "failed", "not-installed"]

#: what tells a candidate from every other: its group and its id
Key = tuple[str, str]

#: what a refusal with this code is called; every other is `refused`
_STATES: Mapping[Code, State] = {Code.GATE_CLOSED: "gate-closed", Code.AMBIGUOUS: "ambiguous"}

#: where no configuration says anything: the gates that it would have are open
_OPEN = Plugin(defaults=InstanceDefaults(isolation="inproc"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One extension, or a name that nothing installed answers (then without a candidate)."""

    id: str
    state: State
    candidate: Candidate | None = None
    uses: tuple[Need, ...] = ()
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
    gates = Gates(catalog, settings.plugin if settings else _OPEN, environ)
    asked = needs_of(settings)[0] if settings else ()
    uses = uses_of(asked, catalog, gates.plugin)
    failed = {_key(verdict.candidate): verdict.problems[0] for verdict in verdicts if not verdict.is_good}
    nobody = settings or resolve(Service())
    entries = [
        _entry(candidate, tuple(uses.get(_key(candidate), ())), nobody, gates, failed.get(_key(candidate)))
        for candidate in catalog.candidates
    ]
    return Inventory(
        entries=(*entries, *_missing(asked, gates)),
        problems=catalog.problems,
        is_environment_open=any(environ.get(name) for name in SWITCHES),
        is_configuration_open=None if settings is None else settings.plugin is not None,
    )


def uses_of(asked: Iterable[Need], catalog: Catalog, plugin: Plugin | None) -> Mapping[Key, list[Need]]:
    """The needs that name each candidate, whether or not a gate is closed for it."""
    found: dict[Key, list[Need]] = {}
    for need in asked:
        for candidate in catalog.find(need.families, source_of(plugin, need.name)):
            found.setdefault(_key(candidate), []).append(need)
    return found


def admissions_of(candidate: Candidate, settings: ServiceSettings, catalog: Catalog) -> tuple[Admission, ...]:
    """The uses of a candidate with their policies, as if every gate were open: what a probe builds."""
    plugin = settings.plugin
    uses = uses_of(needs_of(settings)[0], catalog, plugin).get(_key(candidate), ())
    return tuple(Admission(need, candidate, policy_of(plugin, need.name, candidate.id, candidate.name)) for need in uses)


def _entry(
    candidate: Candidate, uses: tuple[Need, ...], nobody: ServiceSettings, gates: Gates, failure: Problem | None
) -> Entry:
    # NOTE: for what nobody uses: what the gates would say if somebody did
    imagined = Need((candidate.family,), candidate.id, "", nobody)
    refusal = _unspoken(candidate) or _first_refusal(candidate, uses or (imagined,), gates)
    state = _state(candidate, uses, gates, refusal)
    if failure is not None and state in ("used", "available"):
        return Entry(id=candidate.id, state="failed", candidate=candidate, uses=uses, reason=failure)
    return Entry(id=candidate.id, state=state, candidate=candidate, uses=uses, reason=refusal)


def _state(candidate: Candidate, uses: tuple[Need, ...], gates: Gates, refusal: Problem | None) -> State:
    if candidate.distribution == "krakpy":
        return "used" if uses else "built-in"
    if refusal is not None:
        return _STATES.get(refusal.code, "refused")
    modes = {policy_of(gates.plugin, use.name, candidate.id, candidate.name).mode for use in uses}
    return ("off" if modes == {"off"} else "used") if uses else "available"


def _unspoken(candidate: Candidate) -> Problem | None:
    if candidate.family in CONTRACTS and candidate.major <= MAJOR:
        return None
    message = f"this krakpy does not speak {group_of(candidate)}"
    return Problem(Code.SDK_RANGE, candidate.id, message, "pip install --upgrade krakpy")


def _first_refusal(candidate: Candidate, uses: Iterable[Need], gates: Gates) -> Problem | None:
    return next((refusal for use in uses if (refusal := _refusal(candidate, use, gates))), None)


def _refusal(candidate: Candidate, use: Need, gates: Gates) -> Problem | None:
    answer = gates.admit(use)
    if isinstance(answer, Problem):
        return answer
    admitted = [admission.candidate for admission in answer]
    if candidate in admitted:
        return None
    message = f"{use.name!r} means {', '.join(other.id for other in admitted)} here"
    return Problem(Code.AMBIGUOUS, use.place, message, f"write {candidate.id!r}")


def _missing(asked: Iterable[Need], gates: Gates) -> Iterable[Entry]:
    """One entry for each name that nothing installed answers."""
    wanted: dict[str, list[Need]] = {}
    for need in asked:
        source = source_of(gates.plugin, need.name)
        if not gates.catalog.find(need.families, source):
            wanted.setdefault(source, []).append(need)
    for source, needs in wanted.items():
        answer = gates.admit(needs[0])
        reason = answer if isinstance(answer, Problem) else None
        yield Entry(id=source, state="not-installed", uses=tuple(needs), reason=reason)


def _key(candidate: Candidate) -> Key:
    return candidate.entry_point.group, candidate.id


def group_of(candidate: Candidate) -> str:
    """The entry-point group in full."""
    return candidate.entry_point.group


def kind_of(candidate: Candidate) -> str:
    """`hook`, `middleware` or `driver`; for a group that this krakpy does not know, its name."""
    contract = CONTRACTS.get(candidate.family)
    return contract.kind if contract else candidate.family
