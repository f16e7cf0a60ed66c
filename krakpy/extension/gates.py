"""The gates, all before the first import: installed → switches → pattern, allow, deny → sdk range → locked.

Choosing is pure: a need goes in, a candidate or a problem comes out.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from krakpy_sdk import __version__ as sdk_version
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from krakpy.codes import Code
from krakpy.config.model import Plugin
from krakpy.config.model_plugin import InstanceDefaults
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, Catalog
from krakpy.extension.contracts import MAJOR, Contract, contract_of
from krakpy.extension.environments import Environment, survey
from krakpy.extension.locking import gate_of
from krakpy.extension.missing import unanswered
from krakpy.extension.needs import Need
from krakpy.extension.policy import Policy, misfit, policy_of, said_before, source_of

#: either of them opens the environment's gate when it is set and not empty
SWITCHES = ("KRAKPY_ENABLE_PLUGINS", "KRAKEND_ENABLE_PLUGINS")
#: names middlewares and drivers that may run in the worker: ids or distributions, with commas between them
CONSENT = "KRAKPY_INPROC_PLUGINS"


@dataclass(frozen=True, slots=True)
class Admission:
    """A need that may be met: by this candidate, under this policy."""

    need: Need
    candidate: Candidate
    policy: Policy


Chosen = tuple[tuple[Candidate, Policy], ...]


class Gates:
    """Everything that decides whether third-party code may load."""

    def __init__(
        self,
        catalog: Catalog,
        plugin: Plugin | None,
        environ: Mapping[str, str],
        *,
        survey: Callable[[str], Environment] = survey,
    ) -> None:
        self.catalog = catalog
        self._survey = survey
        self._environments: dict[str, Environment] = {}
        self.plugin = plugin
        self._held = frozenset(_canonical(text.strip()) for text in environ.get(CONSENT, "").split(","))
        self._is_switched_on = any(environ.get(name) for name in SWITCHES)
        self._allow = frozenset(map(_canonical, plugin.allow if plugin else ()))
        self._deny = frozenset(map(_canonical, plugin.deny if plugin else ()))
        self._lock = gate_of(plugin)
        # PERF: 5,000 endpoints ask for the same few names again and again
        self._answers: dict[tuple[tuple[str, ...], str], Chosen | Problem] = {}

    def admit(self, need: Need) -> tuple[Admission, ...] | Problem:
        """What answers a need (one candidate for each seat that it has), or the first gate that is closed for it."""
        key = need.families, need.name
        if key not in self._answers:
            self._answers[key] = self._answer(*key)
        answer = self._answers[key]
        if isinstance(answer, Problem):
            return replace(answer, place=need.place)
        return tuple(Admission(need, candidate, policy) for candidate, policy in answer)

    def _answer(self, families: tuple[str, ...], name: str) -> Chosen | Problem:
        source = source_of(self.plugin, name)
        catalog = self._catalog_for(families, name, source)
        if isinstance(catalog, Problem):
            return catalog
        offered = catalog.find(families, source)
        if not offered:
            return unanswered(families, source, catalog)
        chosen = self._chosen(source, offered)
        if isinstance(chosen, Problem):
            return chosen
        held = tuple((candidate, self._policy(name, candidate)) for candidate in chosen)
        for candidate, policy in held:
            refusal = _wrong_contract(candidate) or _wrong_policy(candidate, policy)
            refusal = refusal or self._unlocked(candidate, policy)
            if refusal:
                return refusal
        return held

    def _policy(self, name: str, candidate: Candidate) -> Policy:
        policy = policy_of(self.plugin, name, candidate)
        is_hook = candidate.family == "hooks"
        if policy.isolation or is_hook or self._held.isdisjoint((candidate.distribution, *candidate.ids)):
            return policy
        return replace(policy, isolation="inproc")

    def _catalog_for(self, families: tuple[str, ...], name: str, source: str) -> Catalog | Problem:
        """Where a name is looked for: in the environment of another interpreter, if it is a hook that runs there."""
        if self.plugin is None or families != ("hooks",):
            return self.catalog
        said = said_before(self.plugin, name, source)
        is_own = any(candidate.is_first_party for candidate in self.catalog.find(families, source))
        otherwise = InstanceDefaults() if is_own else self.plugin.defaults
        if (said.isolation or otherwise.isolation) != "venv":
            return self.catalog
        python = said.python or otherwise.python
        if not python:
            message = f"{source} is to run in another environment, and nobody says in which"
            remedy = f'"plugin": {{"instances": {{"{name}": {{"python": "/path/to/bin/python"}}}}}}'
            return Problem(Code.ISOLATION, "", message, remedy)
        if python not in self._environments:
            self._environments[python] = self._survey(python)
        environment = self._environments[python]
        return environment.problem or environment.catalog

    def _chosen(self, source: str, offered: tuple[Candidate, ...]) -> tuple[Candidate, ...] | Problem:
        left = _reserved(tuple(candidate for candidate in offered if not self._is_denied(candidate)))
        strangers = [candidate for candidate in left or offered if not candidate.is_first_party]
        closed = self._closed_switch(strangers) if strangers else None
        if closed:
            return closed
        allowed = tuple(candidate for candidate in left if not self._excluded(candidate))
        if not allowed:
            why = "; ".join(f"{candidate.id} is excluded: {self._excluded(candidate)}" for candidate in offered)
            return Problem(Code.NOT_ALLOWED, "", why)
        return _only(source, allowed)

    def _closed_switch(self, strangers: list[Candidate]) -> Problem | None:
        who = " and ".join(candidate.id for candidate in strangers)
        if self.plugin is None:
            message = f"{who} is third-party code, and the configuration has no `plugin` object"
            return Problem(Code.GATE_CLOSED, "", message, 'add "plugin": {} to the root of the configuration')
        if not self._is_switched_on:
            message = f"{who} is third-party code, and {SWITCHES[0]} is not set"
            return Problem(Code.GATE_CLOSED, "", message, f"export {SWITCHES[0]}=1")
        return None

    def _unlocked(self, candidate: Candidate, policy: Policy) -> Problem | None:
        is_imported = policy.mode != "off" and not candidate.is_first_party
        return self._lock.refusal(candidate) if self._lock is not None and is_imported else None

    def _is_denied(self, candidate: Candidate) -> bool:
        # SECURITY: a member that is no id is an error, and until it is mended it denies whatever it may mean
        return not self._deny.isdisjoint((candidate.distribution, *candidate.written))

    def _excluded(self, candidate: Candidate) -> str:
        """Which of the operator's lists keeps a candidate out, or nothing."""
        pattern = self.plugin.pattern if self.plugin else ""
        if self._is_denied(candidate):
            return "it is in plugin.deny"
        if candidate.is_first_party:
            return ""
        if self._allow and self._allow.isdisjoint(candidate.ids):
            return "it is not in plugin.allow"
        # NOTE: `.so` is what every KrakenD file has; here, packages replace shared objects and it means all
        if pattern not in ("", ".so") and pattern not in candidate.id:
            return f"plugin.pattern is {pattern!r}"
        return ""


def misspelt(plugin: Plugin | None) -> Iterator[Problem]:
    """The members of `allow` and `deny` that are no ids: `deny` would let in silently what they mean."""
    for key in ("allow", "deny") if plugin else ():
        for index, text in enumerate(getattr(plugin, key)):
            if not all(text.partition("/")):
                message = f"{text!r} is no id: `distribution/name` is expected"
                yield Problem(Code.WRONG_TYPE, f"plugin.{key}[{index}]", message, "krakpy ext list shows the ids")


def _canonical(id: str) -> str:
    distribution, slash, name = id.partition("/")
    return f"{canonicalize_name(distribution)}{slash}{name}"


def _reserved(offered: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Our own names are our own: who installs beside them cannot take them over, and is reached by canonical id."""
    own = tuple(candidate for candidate in offered if candidate.is_first_party)
    return own or offered


def _only(source: str, offered: tuple[Candidate, ...]) -> tuple[Candidate, ...] | Problem:
    """The candidates of one distribution, for each seat the highest major that we speak; two are an error.

    What answers a namespace of the service in several seats is one extension.
    """
    ids = sorted({f"{candidate.distribution}/{candidate.answers}" for candidate in offered})
    if len(ids) > 1:
        return Problem(Code.AMBIGUOUS, "", f"{source!r} is offered by {' and by '.join(ids)}", _choice(source, ids))
    best: dict[str, Candidate] = {}
    for candidate in sorted(offered, key=lambda candidate: (candidate.major <= MAJOR, candidate.major)):
        best[candidate.slot] = candidate
    return tuple(best.values())


def _choice(source: str, ids: list[str]) -> str:
    others = [id for id in ids if id != source]
    if len(others) < len(ids):
        return f"pip uninstall {others[0].partition('/')[0]}, or add {others[0]!r} to plugin.deny"
    return f"write {ids[0]!r} instead of {source!r}, or {ids[1]!r}"


def _wrong_policy(candidate: Candidate, policy: Policy) -> Problem | None:
    contract = contract_of(candidate.family)
    if contract.kind != "hook" and policy.isolation in ("process", "venv"):
        if candidate.is_first_party:
            message = f"{candidate.id} is a {contract.kind}: nothing but the worker itself can hold it"
            return Problem(Code.ISOLATION, "", message)
        return _needs_inproc(candidate, contract)
    why = misfit(policy, contract)
    if why:
        return Problem(Code.MODE, "", why)
    if candidate.is_first_party or contract.kind == "hook" or policy.isolation == "inproc":
        return None
    return _needs_inproc(candidate, contract)


def _needs_inproc(candidate: Candidate, contract: Contract) -> Problem:
    message = f"{candidate.id} is a third-party {contract.kind}: nothing but the worker itself can hold it"
    accepted = f'"plugin": {{"instances": {{"{candidate.id}": {{"isolation": "inproc"}}}}}}'
    remedy = f"accept that with {accepted}, or with {CONSENT}={candidate.id}"
    return Problem(Code.NEEDS_INPROC, "", message, remedy)


def _wrong_contract(candidate: Candidate) -> Problem | None:
    if candidate.major > MAJOR:
        message = f"{candidate.id} speaks contract v{candidate.major}; this krakpy speaks v{MAJOR}"
        return Problem(Code.SDK_RANGE, "", message, "pip install --upgrade krakpy")
    for text in candidate.requires:
        wanted = _sdk_requirement(text)
        installed = candidate.sdk or sdk_version
        if wanted is not None and not wanted.specifier.contains(installed, prereleases=True):
            who = f"{candidate.distribution} {candidate.version}"
            message = f"{who} requires {wanted}; krakpy-sdk {installed} is installed"
            remedy = f"pip install --upgrade {candidate.distribution} krakpy"
            return Problem(Code.SDK_RANGE, "", message, remedy)
    return None


def _sdk_requirement(text: str) -> Requirement | None:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    return requirement if canonicalize_name(requirement.name) == "krakpy-sdk" else None
