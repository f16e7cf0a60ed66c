"""What the operator decided about one instance: where it runs, how long, and what its failure does."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from krakpy.config.model import Plugin
from krakpy.config.model_plugin import Instance, InstanceDefaults
from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import CONTRACTS, Contract

#: how long a hook may take unless the operator says otherwise
DEFAULT_TIMEOUT_S = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The operator's word on one instance (root `plugin.instances`, then `plugin.defaults`, then ours)."""

    isolation: str = ""
    """`inproc`, `process` or `venv`; empty if the operator said nothing."""
    timeout_s: float | None = None
    """What the operator allows one call, in seconds; a hook has `DEFAULT_TIMEOUT_S` otherwise."""
    on_error: Literal["fail", "skip"] = "fail"
    mode: Literal["enforce", "shadow", "off"] = "enforce"


def policy_of(plugin: Plugin | None, name: str, candidate: Candidate) -> Policy:
    """The policy of an instance that the configuration calls by this name."""
    said: InstanceDefaults = instance_of(plugin, name, candidate) or InstanceDefaults()
    otherwise = _defaults(plugin, candidate)
    return Policy(
        isolation=said.isolation or otherwise.isolation or "",
        timeout_s=said.timeout or otherwise.timeout,
        on_error=said.on_error or otherwise.on_error or "fail",
        mode=said.mode or otherwise.mode or "enforce",
    )


def instance_of(plugin: Plugin | None, name: str, candidate: Candidate) -> Instance | None:
    """What `plugin.instances` has for it: under its alias, its canonical id or its short name, in that order."""
    if plugin is None:
        return None
    if name in plugin.instances:
        return plugin.instances[name]
    # NOTE: an alias that is spelt like this one's name stands for another extension
    own = {key: found for key, found in plugin.instances.items() if not found.from_}
    return own.get(candidate.id) or own.get(candidate.name)


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
    said, contract = plugin.defaults, CONTRACTS[candidate.family]
    is_driver = contract.kind == "driver"
    return InstanceDefaults(
        isolation=said.isolation,
        timeout=None if is_driver or contract.family == "server" else said.timeout,
        on_error=None if is_driver else said.on_error,
        mode=said.mode,
    )
