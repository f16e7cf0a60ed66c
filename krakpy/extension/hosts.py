"""What the supervisor hosts, and the little that a worker has to know of it: a folder of sockets and a board.

    specs = hosted(prepared)
    hosts.paths(spec)       # ["/run/…/0.sock"]
"""
from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from krakpy.config.model import Plugin
from krakpy.config.model_plugin import HostLimits, Recycle
from krakpy.extension.gates import Admission
from krakpy.extension.jobs import config_of, context_of
from krakpy.extension.locking import gate_of
from krakpy.extension.policy import tier_of

Key = tuple[str, str, str]
"""The id of an extension, its interpreter, and the operator's name for the instance."""


class HostSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The hosts of one instance: what runs in them, and how."""

    name: str
    id: str
    distribution: str
    version: str
    target: str
    """`module:attribute`."""
    first_slot: int
    python: str = ""
    """Another interpreter; empty: the gateway's own."""
    is_first_party: bool = False
    hosts: int = 1
    concurrency: int = 1
    env: tuple[str, ...] = ()
    user: str = ""
    limits: HostLimits = HostLimits()
    recycle: Recycle = Recycle()
    places: tuple[str, ...] = ()
    instances: list[dict[str, Any]] = []
    """For each place the settings and the context."""
    pins: dict[str, str] = {}
    """What a lock says of its code: digests by folders of metadata; compared before each host starts."""

    @property
    def slots(self) -> range:
        """The numbers of its slots."""
        return range(self.first_slot, self.first_slot + self.hosts)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where workers find hosts."""

    folder: str

    def socket(self, slot: int) -> str:
        """The path of the socket of a slot."""
        return os.path.join(self.folder, f"{slot}.sock")

    @property
    def board(self) -> str:
        """The path of the board."""
        return os.path.join(self.folder, "board")

    @property
    def control(self) -> str:
        """The path of the supervisor's own socket."""
        return os.path.join(self.folder, "control.sock")

    def reason(self, slot: int) -> str:
        """The path of the file that says why a slot is down."""
        return os.path.join(self.folder, f"{slot}.reason")


def is_hosted(admission: Admission) -> bool:
    """Whether an instance runs in a process of its own."""
    return tier_of(admission.candidate, admission.policy) != "inproc"


def is_stranger(admission: Admission) -> bool:
    """Whether it is third-party code in the worker itself."""
    return not admission.candidate.is_first_party and not is_hosted(admission)


def key_of(admission: Admission) -> Key:
    """What tells the hosts of an instance from those of others: every place that names it shares them."""
    return admission.candidate.id, admission.candidate.python, admission.need.name


def hosted(admissions: Iterable[Admission], plugin: Plugin | None) -> tuple[HostSpec, ...]:
    """The hosts that these admissions need, in the order of the configuration."""
    groups: dict[Key, list[Admission]] = {}
    for admission in admissions:
        if is_hosted(admission):
            groups.setdefault(key_of(admission), []).append(admission)
    return tuple(_specs(groups.values(), plugin))


def _specs(groups: Iterable[list[Admission]], plugin: Plugin | None) -> Iterator[HostSpec]:
    slot, lock = 0, gate_of(plugin)
    for group in groups:
        pins = {} if lock is None else lock.pins(group[0].candidate)
        yield msgspec.structs.replace(_spec(group, plugin, slot), pins=pins)
        slot += group[0].policy.hosting.hosts


def _spec(group: list[Admission], plugin: Plugin | None, slot: int) -> HostSpec:
    candidate, hosting = group[0].candidate, group[0].policy.hosting
    return HostSpec(
        name=group[0].need.name,
        id=candidate.id,
        distribution=candidate.distribution,
        version=candidate.version,
        target=candidate.target,
        first_slot=slot,
        python=candidate.python,
        is_first_party=candidate.is_first_party,
        hosts=hosting.hosts,
        concurrency=hosting.concurrency,
        env=hosting.env,
        user=hosting.user,
        limits=hosting.limits,
        recycle=hosting.recycle,
        places=tuple(admission.need.place for admission in group),
        instances=[_instance(admission, plugin) for admission in group],
    )


def _instance(admission: Admission, plugin: Plugin | None) -> dict[str, Any]:
    need = admission.need
    told = {"place": need.place, "name": need.name, "config": config_of(admission, plugin)}
    return told | context_of(need, admission.candidate)
