"""What the checks of endpoints and of backends have in common.

A request that is refused is answered with 500, or is missing in a merge (KrakenD: the same).
"""
from __future__ import annotations

from collections.abc import Awaitable

from krakpy_sdk import KrakpyError, Proxy, Request, Response

from krakpy_cel.expressions import Checks
from krakpy_cel.variables import Clock, RequestVariables, ResponseVariables, local_time


class Aborted(KrakpyError):
    """An expression was not true: neither a failure of the backend nor told to be the client's."""

    def __init__(self, index: int) -> None:
        super().__init__(f"request aborted by evaluator #{index}")


class Check:
    """Evaluates expressions before what it wraps is asked, and others when that has answered.

    The latter are left out where a part of the answer failed (KrakenD: the same).
    """

    def __init__(self, checks: Checks, next: Proxy, *, clock: Clock = local_time) -> None:
        self._before, self._after = checks.before, checks.after
        self._asked = RequestVariables(self._before.texts, clock)
        self._answered = ResponseVariables(self._after.texts, clock)
        self._next = next

    def __call__(self, request: Request) -> Awaitable[Response]:
        if self._before.programs:
            refusal = self._before.refusal(self._asked(request))
            if refusal is not None:
                raise Aborted(refusal)
        return self._checked(request) if self._after.programs else self._next(request)

    async def _checked(self, request: Request) -> Response:
        response = await self._next(request)
        if not response.errors:
            refusal = self._after.refusal(self._answered(response))
            if refusal is not None:
                raise Aborted(refusal)
        return response
