"""What calls cost, in microseconds, and how far apart they are.

    Cost.of("endpoint_request", "process", taken_s).p50
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """The calls of one hook in one tier, or the requests through one gateway; microseconds."""

    what: str
    tier: str
    calls: int
    p5: float
    p50: float
    p95: float
    p99: float
    most: float

    @staticmethod
    def of(what: str, tier: str, taken_s: Sequence[float]) -> Cost:
        """The cost that these durations are, in seconds."""
        taken = sorted(each * 1e6 for each in taken_s)
        p5, p50, p95, p99, most = (_at(taken, share) for share in (0.05, 0.5, 0.95, 0.99, 1.0))
        return Cost(what, tier, len(taken), p5, p50, p95, p99, most)

    def as_dict(self) -> dict[str, Any]:
        """As `--json` has it."""
        return asdict(self)


def _at(taken: Sequence[float], share: float) -> float:
    return round(taken[min(int(len(taken) * share), len(taken) - 1)], 2)
