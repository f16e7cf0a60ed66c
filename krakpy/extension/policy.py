"""What the operator decided about one instance: where it runs, how long, and what its failure does."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from krakpy.config.model import Plugin
from krakpy.config.model_plugin import HostLimits, Instance, InstanceDefaults, Quarantine, Recycle
from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import Contract, contract_of

#: how long a hook may take unless the operator says otherwise
DEFAULT_TIMEOUT_S = 1.0


#: where an extension can run
Tier = Literal["inproc", "process", "venv"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hosting:
    """How an instance is hosted that does not run in the worker."""

    python: str = ""
    """The interpreter of `venv`; empty: the gateway's own."""
    hosts: int = 1
    concurrency: int = 1
    env: tuple[str, ...] = ()
    user: str = ""
    limits: HostLimits = field(default_factory=HostLimits)
    recycle: Recycle = field(default_factory=Recycle)


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The operator's word on one instance (root `plugin.instances`, then `plugin.defaults`, then ours)."""

    isolation: Tier | Literal[""] = ""
    """`inproc`, `process` or `venv`; empty if the operator said nothing."""
    timeout_s: float | None = None
    """What the operator allows one call, in seconds; a hook has `DEFAULT_TIMEOUT_S` otherwise."""
    on_error: Literal["fail", "skip"] = "fail"
    mode: Literal["enforce", "shadow", "off"] = "enforce"
    quarantine: Quarantine = field(default_factory=Quarantine)
    hosting: Hosting = field(default_factory=Hosting)


def tier_of(candidate: Candidate, policy: Policy) -> Tier:
    """Where an instance runs: as the operator said; else strangers' hooks in a process, and all else in the worker."""
    if policy.isolation:
        return policy.isolation
    is_held = contract_of(candidate.family).kind == "hook" and not candidate.is_first_party
    return "process" if is_held else "inproc"


def policy_of(plugin: Plugin | None, name: str, candidate: Candidate) -> Policy:
    """The policy of an instance that the configuration calls by this name."""
    said: InstanceDefaults = instance_of(plugin, name, candidate) or InstanceDefaults()
    otherwise = _defaults(plugin, candidate)
    return Policy(
        isolation=said.isolation or otherwise.isolation or "",
        timeout_s=said.timeout or otherwise.timeout,
        on_error=said.on_error or otherwise.on_error or "fail",
        mode=said.mode or otherwise.mode or "enforce",
        quarantine=said.quarantine or otherwise.quarantine or Quarantine(),
        hosting=_hosting(said, otherwise),
    )


def _hosting(said: InstanceDefaults, otherwise: InstanceDefaults) -> Hosting:
    usual = Hosting()
    return Hosting(
        python=said.python or otherwise.python or "",
        hosts=said.hosts or otherwise.hosts or usual.hosts,
        concurrency=said.concurrency or otherwise.concurrency or usual.concurrency,
        env=otherwise.env or () if said.env is None else said.env,
        user=said.user or otherwise.user or "",
        limits=said.limits or otherwise.limits or usual.limits,
        recycle=said.recycle or otherwise.recycle or usual.recycle,
    )


def instance_of(plugin: Plugin | None, name: str, candidate: Candidate) -> Instance | None:
    """What `plugin.instances` has for it: under its alias, its canonical id or its short name, in that order."""
    if plugin is None:
        return None
    if name in plugin.instances:
        return plugin.instances[name]
    # NOTE: an alias that is spelt like this one's name stands for another extension
    own = {key: found for key, found in plugin.instances.items() if not found.from_}
    keys = (candidate.id, candidate.name, *reversed(candidate.ids), candidate.answers)
    return next((own[key] for key in keys if key in own), None)


def said_before(plugin: Plugin, name: str, source: str) -> InstanceDefaults:
    """What `plugin.instances` has for a name before anybody knows which extension that will be."""
    if name in plugin.instances:
        return plugin.instances[name]
    own = (found for key, found in plugin.instances.items() if not found.from_ and _may_be(key, source))
    return next(own, InstanceDefaults())


def _may_be(id: str, source: str) -> bool:
    return source in (id, id.partition("/")[2])


def source_of(plugin: Plugin | None, name: str) -> str:
    """The extension that a name stands for: what `from` says if the name is an alias, else the name itself."""
    instance = plugin.instances.get(name) if plugin else None
    return (instance.from_ if instance else None) or name


def misfit(policy: Policy, contract: Contract) -> str:
    """Why a policy cannot hold for an extension of this kind; empty if it can."""
    if contract.kind == "hook":
        return ""
    if policy.mode == "shadow":
        return f"a {contract.kind} has effects of its own and cannot run in shadow"
    if contract.kind == "driver" and (policy.timeout_s or policy.on_error == "skip" or policy.mode == "off"):
        return "a driver cannot be interrupted or left out: timeout, on_error and mode do not apply"
    if contract.family == "server" and policy.timeout_s:
        return "a server middleware sees whole exchanges, which have no end of their own: timeout does not apply"
    return ""


def _defaults(plugin: Plugin | None, candidate: Candidate) -> InstanceDefaults:
    """What `plugin.defaults` says to this extension: nothing to krakpy's own, and nothing that cannot hold for it."""
    if plugin is None or candidate.is_first_party:
        return InstanceDefaults()
    said, contract = plugin.defaults, contract_of(candidate.family)
    is_driver = contract.kind == "driver"
    return InstanceDefaults(
        isolation=said.isolation,
        timeout=None if is_driver or contract.family == "server" else said.timeout,
        on_error=None if is_driver else said.on_error,
        mode=said.mode,
        quarantine=said.quarantine,
        python=said.python,
        hosts=said.hosts,
        concurrency=said.concurrency,
        env=said.env,
        user=said.user,
        limits=said.limits,
        recycle=said.recycle,
    )
