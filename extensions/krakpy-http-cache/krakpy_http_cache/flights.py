"""Requests under way, so that many that want the same answer ask for it once."""
from __future__ import annotations

import asyncio
from collections import OrderedDict

#: how many answers that nobody can share are remembered
_MOST_UNSHARED = 1_000
#: for how long, in seconds
_UNSHARED_S = 10.0


class Flights:
    """What one worker asks for."""

    def __init__(self) -> None:
        self._open: dict[str, asyncio.Future[bool]] = {}
        #: keys whose answers were not kept: waiting for one another would only make them late
        self._unshared: OrderedDict[str, float] = OrderedDict()

    def open(self, key: str) -> asyncio.Future[bool] | None:
        """The one to wait for, if there is one."""
        return self._open.get(key)

    async def landed(self, flight: asyncio.Future[bool]) -> bool:
        """Wait for it: whether it is worth to look again."""
        return await asyncio.shield(flight)

    def start(self, key: str) -> bool:
        """Let others wait for this one, if nobody else is ahead and it is not in vain; whether they may."""
        if key in self._open or self._is_unshared(key):
            return False
        self._open[key] = asyncio.get_running_loop().create_future()
        return True

    def end(self, key: str, *, is_kept: bool) -> None:
        """It is over, and its answer was kept or not."""
        self._end(key, is_worth_it=is_kept)
        if is_kept:
            self._unshared.pop(key, None)
        else:
            self._unshared[key] = asyncio.get_running_loop().time() + _UNSHARED_S
            self._unshared.move_to_end(key)
            if len(self._unshared) > _MOST_UNSHARED:
                self._unshared.popitem(last=False)

    def fail(self, key: str) -> None:
        """It failed: the next one tries, and the others wait for that."""
        self._end(key, is_worth_it=True)

    def _end(self, key: str, *, is_worth_it: bool) -> None:
        flight = self._open.pop(key, None)
        if flight is not None:
            flight.set_result(is_worth_it)

    def _is_unshared(self, key: str) -> bool:
        until = self._unshared.get(key)
        return until is not None and asyncio.get_running_loop().time() < until
