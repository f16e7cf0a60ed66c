"""From samples to cells: the median over the rounds, with the least and the most."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.rounds import Sample


@dataclass(frozen=True)
class Range:
    """The middle of several measurements, and how far they reach."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Range | None:
        """Of these values; None of none."""
        given = list(values)
        return cls(median(given), min(given), max(given)) if given else None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One gateway at one workload."""

    workload: str
    gateway: str
    cpu_us: Range | None
    ratio: Range | None
    """CPU in units of nginx's `noop`, each divided by that of its own block."""
    rps: Range | None
    p50_us: Range | None
    p99_us: Range | None
    busy: Range | None
    problem: str = ""
    """Why the cell is invalid; empty: it is not."""


def cell(samples: Sequence[Sample]) -> Cell:
    """All rounds of one gateway at one workload; one bad round makes the cell invalid."""
    problems = [one.problem for one in samples if one.problem]
    good = [one for one in samples if not one.problem]
    return Cell(
        workload=samples[0].workload, gateway=samples[0].gateway,
        cpu_us=Range.of(one.cpu_us for one in good),
        ratio=Range.of(one.cpu_us / one.yardstick_us for one in good if one.yardstick_us),
        rps=Range.of(one.rps for one in good), p50_us=Range.of(one.p50_us for one in good),
        p99_us=Range.of(one.p99_us for one in good), busy=Range.of(one.busy for one in good),
        problem=problems[0] if problems else "",
    )


def cells(samples: Iterable[Sample]) -> list[Cell]:
    """A cell for each gateway and workload, in the order they were first measured."""
    groups: dict[tuple[str, str], list[Sample]] = {}
    for one in samples:
        groups.setdefault((one.workload, one.gateway), []).append(one)
    return [cell(group) for group in groups.values()]


def against(
    samples: Iterable[Sample], gateway: str, rival: str, workload: str, what: str = "cpu_us"
) -> Range | None:
    """A gateway's CPU (or another figure) over a rival's at one workload, each pair from one block; None without."""
    found: dict[tuple[int, str], float] = {
        (one.round, one.gateway): getattr(one, what)
        for one in samples if one.workload == workload and not one.problem
    }
    return Range.of(
        value / found[number, rival]
        for (number, name), value in found.items()
        if name == gateway and found.get((number, rival))
    )
