"""How a cost is measured: the best of several rounds, in CPU time of this process."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """What one operation costs."""

    name: str
    us: float
    """Microseconds of CPU."""
    what: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The stable JSON form."""
        return asdict(self)


def cost(name: str, operation: Callable[[], Any], *, number: int = 20_000, what: str = "") -> Cost:
    """The cost of a function."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(number):
            operation()
        best = min(best, time.process_time() - started)
    return Cost(name, best / number * 1e6, what)


async def awaited_cost(
    name: str, operation: Callable[[], Awaitable[Any]], *, number: int = 5_000, what: str = ""
) -> Cost:
    """The cost of awaiting something that does not wait."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(number):
            await operation()
        best = min(best, time.process_time() - started)
        await asyncio.sleep(0)
    return Cost(name, best / number * 1e6, what)
