"""The onion, written once, and answers that are looked at when they come.

    compose([outer, inner], terminal)   # outer(inner(terminal))
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any, TypeVar

from krakpy_sdk import Proxy, Request, Response
from krakpy_sdk.screening import Settled

P = TypeVar("P")
T = TypeVar("T")

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

    #: whether `finish` looks at the request
    sees_request = True
    #: whether who stands around may pass it by on the way in; False for one with a `__call__` of its own
    is_transparent = True

    def __init__(self, next: Proxy) -> None:
        self._next = next
        inner = next if isinstance(next, Finishing) and next.is_transparent else None
        self.asked: Proxy = next if inner is None else inner.asked
        """What the request goes to."""
        self._chain: tuple[Finishing, ...] = (self,) if inner is None else (*inner._chain, self)
        self._finishes: tuple[Finish, ...] = tuple([step.finish for step in self._chain])

    def __call__(self, request: Request) -> Awaitable[Response]:
        return Unfinished(self.asked(request), request, self._finishes)

    def steps(self, response: Response) -> tuple[tuple[Finish, ...], bool]:
        """What an answer with this head passes through, and whether any of that looks at the request.

        Those that give such an answer back as it is are left out, from the inside to the first one that does not: what
        that one does may change the head.
        """
        at = 0
        while at < len(self._chain) and self._chain[at].skips(response):
            at += 1
        return self._finishes[at:], any(step.sees_request for step in self._chain[at:])

    def finish(self, request: Request, response: Response) -> Response | Awaitable[Response]:
        """What is made of the answer; a KrakpyError if there is none."""
        raise NotImplementedError

    def skips(self, response: Response) -> bool:  # noqa: ARG002  for those that know better
        """Whether `finish` gives an answer back as it is, for whatever request and with whatever body."""
        return False


class Unfinished:
    """An answer that is awaited, and what is to be made of it; awaited once."""

    # PERF: awaitable without that base class, with which every `isinstance` would take ten times as long

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


class Promise(asyncio.Future[T]):
    """A future that tells one listener at once, where others hear of it in the event loop's next turn.

    Whoever makes one sets `listener` to None, and keeps a deadline. A listener hears nothing of a promise that is
    cancelled: whoever cancels it knows. PERF: with it a request needs no task, no coroutine and no turn of the
    loop between an upstream's bytes and the client's: 6 µs.
    """

    __slots__ = ("listener",)
    listener: Callable[[asyncio.Future[T]], None] | None

    def set_result(self, result: T) -> None:
        """It is kept."""
        super().set_result(result)
        self._tell()

    def set_exception(self, exception: type | BaseException) -> None:
        """It is broken."""
        super().set_exception(exception)
        self._tell()

    def cancel(self, msg: Any | None = None) -> bool:
        """Nobody waits for it any more."""
        self.listener = None
        return super().cancel(msg)

    def _tell(self) -> None:
        # NOTE: forgotten first, since a listener often holds its promise, and such circles are the collector's work
        listener, self.listener = self.listener, None
        if listener is not None:
            listener(self)


def awaited(answer: Awaitable[Response]) -> asyncio.Future[Response] | None:
    """The future that an answer waits for and nothing else; None where waiting for it takes a task."""
    if isinstance(answer, Unfinished):
        answer = answer.answer
    return answer if isinstance(answer, asyncio.Future) else None


def at_hand(answer: Awaitable[Response]) -> Settled | None:
    """The response that an answer is made of, where nothing has to be awaited for it; `fulfilled` says what of it."""
    if isinstance(answer, Unfinished):
        answer = answer.answer
    return answer if isinstance(answer, Settled) else None


def tell(future: asyncio.Future[Response], listener: Callable[[asyncio.Future[Response]], None]) -> None:
    """Have a listener told when a future is done: at once where that can be."""
    if not isinstance(future, Promise) or future.listener is not None:
        future.add_done_callback(listener)
    elif future.done():
        listener(future)
    else:
        future.listener = listener


def fulfilled(
    answer: Awaitable[Response], call: asyncio.Future[Response] | Settled
) -> Response | Awaitable[Response]:
    """What becomes of an answer when what it waits for is done; raises what that ended with."""
    response = call.result()
    return answer.finished(response) if isinstance(answer, Unfinished) else response


def end(work: asyncio.Future[Any]) -> None:
    """Cancel it; a task that has not begun does so first.

    NOTE: only who has begun can see the end, and put away what he was given: coroutines and streams.
    """
    coroutine = work.get_coro() if isinstance(work, asyncio.Task) else None
    if isinstance(coroutine, CoroutineType) and getcoroutinestate(coroutine) == CORO_CREATED:
        work.get_loop().call_soon(work.cancel)
    else:
        work.cancel()
