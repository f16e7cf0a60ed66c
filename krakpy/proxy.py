"""The onion, written once, and answers that are looked at when they come.

    compose([outer, inner], terminal)   # outer(inner(terminal))
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator
from typing import Any, TypeVar

from krakpy_sdk import Proxy, Request, Response

P = TypeVar("P")

Finish = Callable[[Request, Response], Response | Awaitable[Response]]
"""What becomes of an answer: the response, or what has to be awaited for it."""


def compose(steps: Iterable[Callable[[P], P]], terminal: P) -> P:
    """The terminal wrapped in every step; the first step is the outermost."""
    proxy = terminal
    for step in reversed(list(steps)):
        proxy = step(proxy)
    return proxy


class Finishing:
    """The base of a middleware that passes every request on as it is, and looks at the answer in `finish`.

    Several of them around one another are one: the request goes to what is inside of them all at once, and its answer
    passes through each `finish` in turn. PERF: so a merge knows that nothing happens before the upstream is asked, and
    needs no task for each backend.
    """

    #: whether who stands around may pass it by on the way in; False for one with a `__call__` of its own
    is_transparent = True

    def __init__(self, next: Proxy) -> None:
        self._next = next
        inner = next if isinstance(next, Finishing) and next.is_transparent else None
        self._ask: Proxy = next if inner is None else inner._ask
        self._finishes: tuple[Finish, ...] = (self.finish,) if inner is None else (*inner._finishes, self.finish)

    def __call__(self, request: Request) -> Awaitable[Response]:
        return Unfinished(self._ask(request), request, self._finishes)

    def finish(self, request: Request, response: Response) -> Response | Awaitable[Response]:
        """What is made of the answer; a KrakpyError if there is none."""
        raise NotImplementedError


class Unfinished(Awaitable[Response]):
    """An answer that is awaited, and what is to be made of it; awaited once."""

    __slots__ = ("_finishes", "answer", "request")

    def __init__(self, answer: Awaitable[Response], request: Request, finishes: tuple[Finish, ...]) -> None:
        self.answer = answer
        self.request = request
        self._finishes = finishes

    def __await__(self) -> Generator[Any, None, Response]:
        response = self.finished((yield from self.answer.__await__()))
        if isinstance(response, Response):
            return response
        return (yield from response.__await__())

    def finished(self, response: Response) -> Response | Awaitable[Response]:
        """What is made of the answer."""
        steps = iter(self._finishes)
        for finish in steps:
            result = finish(self.request, response)
            if not isinstance(result, Response):
                return self._later(result, steps)
            response = result
        return response

    async def _later(self, answer: Awaitable[Response], steps: Iterator[Finish]) -> Response:
        response = await answer
        for finish in steps:
            result = finish(self.request, response)
            response = result if isinstance(result, Response) else await result
        return response
