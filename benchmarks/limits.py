"""The numbers that krakpy has to hold, and whether it does."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.figures import Range, against
from benchmarks.parts.command import measured as parts
from benchmarks.results import Results
from benchmarks.rounds import Sample

OURS, RIVAL = "krakpy", "krakend"
#: what has to be run to know them all
WORKLOADS = ("noop", "json", "merge3", "shape10k", "mb", "json-5000", "json-hooks", "boot", "boot-5000")


@dataclass(frozen=True)
class Limit:
    """A number that must not be exceeded, and how a run tells it."""

    name: str
    most: float
    unit: str
    measured: Callable[[Results], float | None]


@dataclass(frozen=True)
class Verdict:
    """A limit beside what was measured."""

    limit: Limit
    measured: float | None
    """None: the run does not tell."""

    @property
    def is_held(self) -> bool:
        """Whether it was measured, and is not above."""
        return self.measured is not None and self.measured <= self.limit.most

    @property
    def word(self) -> str:
        """For the table."""
        return "not measured" if self.measured is None else "pass" if self.is_held else "FAIL"


def limits(results: Results) -> list[Limit]:
    """All limits; those against KrakenD only where it was there."""
    rival = [*_RIVAL, *_LATENCY] if RIVAL in results.gateways else []
    return [*_RATIOS, *rival, *_PROCESS, *_SCALE]


def verdicts(results: Results) -> list[Verdict]:
    """Each limit with its measurement."""
    return [Verdict(limit, limit.measured(results)) for limit in limits(results)]


def _middle(found: Range | None) -> float | None:
    return found.median if found else None


def _ratio(workload: str) -> Callable[[Results], float | None]:
    def told(results: Results) -> float | None:
        cells = [cell for cell in results.cells if (cell.workload, cell.gateway) == (workload, OURS)]
        return _middle(cells[0].ratio) if cells and not cells[0].problem else None

    return told


def _rival(workload: str) -> Callable[[Results], float | None]:
    return lambda results: _middle(against(results.samples, OURS, RIVAL, workload))


def _p99(workload: str) -> Callable[[Results], float | None]:
    return lambda results: _middle(against(results.samples, OURS, RIVAL, workload, "p99_us"))


# NOTE: other work on the machine can only make a start longer, so the shortest of them is the nearest to the truth.
def _boot(workload: str) -> Callable[[Results], float | None]:
    def told(results: Results) -> float | None:
        seconds = [
            boot.seconds for boot in results.boots
            if (boot.workload, boot.gateway) == (workload, OURS) and not boot.problem
        ]
        return min(seconds, default=None)

    return told


def _worker_mb(results: Results) -> float | None:
    """The larger of what its largest process holds before and after the load."""
    sizes = [max(one.idle_bytes + one.loaded_bytes) for one in results.memory if one.gateway == OURS]
    return max(sizes) / 1e6 if sizes else None


def _many(results: Results) -> float | None:
    """`json` among 5,000 endpoints over `json` among a few."""
    return _middle(Range.of(one.cpu_us / one.base_us for one in _compared(results, "json-5000")))


def _hooks_us(results: Results) -> float | None:
    """What ten hooks add to `json`."""
    return _middle(Range.of(one.cpu_us - one.base_us for one in _compared(results, "json-hooks")))


def _compared(results: Results, workload: str) -> list[Sample]:
    """Our samples that stand beside what they are compared with."""
    own = [one for one in results.samples if (one.workload, one.gateway) == (workload, OURS)]
    return [one for one in own if one.base_us and not one.problem]


def _guard_us(_: Results) -> float | None:
    costs = {cost.name: cost.us for cost in parts(["extensions"])}
    return costs["guarded call"] - costs["bare call"]


_NOOPS = "x nginx's noop"
_RATIOS = [
    Limit(f"CPU of {workload}", most, _NOOPS, _ratio(workload))
    for workload, most in {"noop": 2.4, "json": 2.5, "merge3": 4.5, "shape10k": 4.0, "mb": 38.0}.items()
]
_RIVAL = [
    Limit(f"CPU of {workload}", most, "x KrakenD's", _rival(workload))
    for workload, most in {"noop": 0.45, "json": 0.6, "merge3": 0.4, "shape10k": 0.12, "mb": 1.05}.items()
]
_LATENCY = [
    Limit(f"p99 of {workload}", 1.0, "x KrakenD's", _p99(workload))
    for workload in ("noop", "json", "merge3", "shape10k", "mb")
]
_PROCESS = [
    Limit("boot", 0.6, "s", _boot("boot")),
    Limit("boot, 5,000 endpoints", 1.5, "s", _boot("boot-5000")),
    Limit("memory of the worker", 60.0, "MB", _worker_mb),
]
_SCALE = [
    Limit("json among 5,000 endpoints", 1.1, "x json", _many),
    Limit("10 in-process hooks", 10.0, "µs", _hooks_us),
    Limit("guard of one call", 0.5, "µs", _guard_us),
]
