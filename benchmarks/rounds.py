"""Short slices of load, gateway after gateway, round after round.

What else happens on the machine meets neighbours alike: only figures of one block, seconds apart, are ever divided
by one another, and the median of those ratios over the rounds is what counts.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, TypeVar

from benchmarks import load
from benchmarks.gateways.contract import Gateway
from benchmarks.processes import cpu_s
from benchmarks.stage import Stage, StageError
from benchmarks.workloads import CONNECTIONS, NOOP, Workload

#: the gateway whose `noop` is 1
YARDSTICK = "nginx"
#: slices of large bodies and of many connections are longer, for what is under way at their end weighs more
LONGER = 3


Member = TypeVar("Member")


class Named(TypedDict):
    """Which measurement it is."""

    round: int
    workload: str
    gateway: str


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One slice of one gateway."""

    round: int
    workload: str
    gateway: str
    cpu_us: float = 0.0
    """CPU microseconds per request, of all its processes."""
    busy: float = 0.0
    """The share of a core that it used."""
    rps: float = 0.0
    p50_us: float = 0.0
    p99_us: float = 0.0
    yardstick_us: float = 0.0
    """nginx's `noop` in the same block; 0 where there is no nginx."""
    base_us: float = 0.0
    """The same gateway at what the workload is compared with, in the same block; 0 where that is nothing."""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Boot:
    """One start of one gateway."""

    round: int
    workload: str
    gateway: str
    seconds: float = 0.0
    """From its spawn to its first 200."""
    cpu_s: float = 0.0
    idle_bytes: tuple[int, ...] = ()
    """PSS of its processes then, the first one's first."""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is run."""

    gateways: Sequence[Gateway]
    workloads: Sequence[Workload]
    rounds: int = 5
    seconds: int = 1
    connections: int = CONNECTIONS

    @property
    def steps(self) -> int:
        """How many measurements that makes."""
        return self.rounds * sum(gateway.can(workload) for gateway in self.gateways for workload in self.workloads)

    def block(self, workload: Workload) -> list[tuple[Gateway, Workload]]:
        """What is measured seconds apart: each gateway that can do it, what that is compared with, the yardstick."""
        able = [(gateway, workload) for gateway in self.gateways if gateway.can(workload)]
        if workload == NOOP or workload.is_boot:
            return able
        base = workload.beside
        able += [(gateway, base) for gateway, _ in able if base is not None]
        return able + [(gateway, NOOP) for gateway in self.gateways if gateway.name == YARDSTICK]


def measurements(plan: Plan, stage: Stage) -> Iterator[Sample | Boot]:
    """All of all rounds, as they are made; slices of the yardstick only where it is a workload itself."""
    for number in range(plan.rounds):
        for workload in plan.workloads:
            measure = _boots if workload.is_boot else _block
            yield from measure(plan, stage, number, workload)


def _boots(plan: Plan, stage: Stage, number: int, workload: Workload) -> Iterator[Boot]:
    for gateway, _ in plan.block(workload):
        named: Named = {"round": number, "workload": workload.name, "gateway": gateway.name}
        try:
            with stage.booted(gateway, workload.site) as running:
                yield Boot(
                    **named, seconds=running.boot_s, cpu_s=running.boot_cpu_s, idle_bytes=running.idle_bytes
                )
        except StageError as error:
            yield Boot(**named, problem=str(error))


def _block(plan: Plan, stage: Stage, number: int, workload: Workload) -> Iterator[Sample]:
    members = turned(plan.block(workload), number)
    yield from in_units([_slice(plan, stage, number, gateway, asked) for gateway, asked in members], workload)


def turned(members: Sequence[Member], number: int) -> list[Member]:
    """In another order each round: nobody is always first, or always after the same one."""
    turn = number % len(members) if members else 0
    return [*members[turn:], *members[:turn]]


def in_units(block: Sequence[Sample], workload: Workload) -> list[Sample]:
    """The samples of the workload, each with the yardstick of its block, and with what it is compared with."""
    found = {(one.gateway, one.workload): one.cpu_us for one in block if not one.problem}
    unit = found.get((YARDSTICK, NOOP.name), 0.0)
    base = workload.beside.name if workload.beside else ""
    return [
        replace(one, yardstick_us=unit, base_us=found.get((one.gateway, base), 0.0))
        for one in block if one.workload == workload.name
    ]


def _slice(plan: Plan, stage: Stage, number: int, gateway: Gateway, workload: Workload) -> Sample:
    named: Named = {"round": number, "workload": workload.name, "gateway": gateway.name}
    connections = workload.connections or plan.connections
    long = LONGER if workload.is_bulk or workload.body_bytes > 100_000 or connections > 100 else 1
    try:
        running = stage.running(gateway, workload.site)
        size = stage.answer_bytes(running, workload)
        before = cpu_s(running.pid)
        seen = load.run(
            workload, url=f"{workload.site.scheme}://127.0.0.1:{running.port}", lua=load.script(stage.folder, workload),
            connections=connections, seconds=plan.seconds * long, answer_bytes=size,
        )
        used = cpu_s(running.pid) - before
    except (load.LoadError, StageError) as error:
        return Sample(**named, problem=str(error))
    return Sample(
        **named, cpu_us=used / seen.requests * 1e6 if seen.requests else 0.0, busy=used / seen.seconds,
        rps=seen.requests / seen.seconds, p50_us=seen.p50_us, p99_us=seen.p99_us, problem=seen.problem,
    )
