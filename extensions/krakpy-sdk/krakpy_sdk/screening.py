"""The base of middlewares that decide at once: they look at a request, and at its answer, and never wait.

    class Maintenance(Screen):
        def admit(self, request: Request) -> Request | Response:
            return Response(503) if is_closed() else request

    class Signed(Screen):
        def finish(self, request: Request, response: Response) -> Response:
            return response.replace(headers=response.headers.set("X-Signed", "yes"))

For the seats `router`, `endpoint` and `backend`. PERF: krakpy runs them without a coroutine.
"""
from __future__ import annotations

from collections.abc import Awaitable, Generator
from typing import Any

from krakpy_sdk.messages import Request, Response
from krakpy_sdk.seats import Proxy


class Screen:
    """Passes requests on, each changed or answered by `admit`, and answers back, each changed by `finish`.

    A subclass has one of the two, or both. An answer that `admit` gives passes `finish` of those that stand around, and
    not its own.
    """

    def __init__(self, settings: Any, next: Proxy) -> None:  # noqa: ARG002  a subclass reads its settings
        self.next = next

    def admit(self, request: Request) -> Request | Response:
        """The request as it goes on, or the answer in place of it; a KrakpyError refuses it as well."""
        return request

    def finish(self, request: Request, response: Response) -> Response:  # noqa: ARG002  a subclass looks at it
        """What becomes of the answer; `request` is what `admit` let pass."""
        return response

    def __call__(self, request: Request) -> Awaitable[Response]:
        admitted = self.admit(request)
        if isinstance(admitted, Response):
            return Settled(admitted)
        if type(self).finish is Screen.finish:
            return self.next(admitted)
        return self._finished(admitted)

    async def _finished(self, request: Request) -> Response:
        return self.finish(request, await self.next(request))


class Settled:
    """An answer that is there already, for whoever awaits it."""

    __slots__ = ("response",)

    def __init__(self, response: Response) -> None:
        self.response = response

    def __await__(self) -> Generator[Any, None, Response]:
        yield from ()
        return self.response

    def result(self) -> Response:
        """The answer, as a future gives it that is done."""
        return self.response
