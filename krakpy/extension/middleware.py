"""Third-party middlewares, guarded: their own failures become outcomes, those of what they wrap pass.

With `on_error: skip` a request goes on without a middleware that failed, as long as nothing is asked twice.
"""
from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from krakpy_sdk import ASGIApp, ContractError, Proxy, Receive, Request, Response, Scope, Send
from krakpy_sdk.seats import Message

from krakpy.errors import KrakpyError
from krakpy.extension.guard import Guard, Overrun
from krakpy.extension.refusal import refuse


class _Inner:
    """What happened inside of one call of a middleware: how often `next` was called, and how it ended."""

    __slots__ = ("calls", "errors", "response")

    def __init__(self) -> None:
        self.calls = 0
        self.errors: list[BaseException] = []
        self.response: Response | None = None


def guarded(build: Callable[[Proxy], Proxy], guard: Guard, next: Proxy) -> Proxy:
    """A middleware around `next` whose failures are outcomes."""
    inner: ContextVar[_Inner] = ContextVar("inner")

    async def watched(request: Request) -> Response:
        seen = inner.get()
        seen.calls += 1
        try:
            response = seen.response = await next(request)
        except BaseException as error:
            seen.errors.append(error)
            raise
        return response

    middleware = build(watched)

    async def call(request: Request) -> Response:
        seen = _Inner()
        token = inner.set(seen)
        try:
            response = await _answer(middleware(request), guard.policy.timeout_s)
        except BaseException as error:
            if error in seen.errors:
                raise
            return await _without(seen, next, request, guard.settle(error, "call"))
        finally:
            inner.reset(token)
        guard.recovered()
        return response

    return call


async def _answer(answer: Awaitable[Response], timeout_s: float | None) -> Response:
    """What a middleware answers, in time and of the right type."""
    if not inspect.isawaitable(answer):
        raise ContractError(f"returned {type(answer).__name__}; a middleware returns an awaitable Response")
    response = await answer if timeout_s is None else await _within(answer, timeout_s)
    if not isinstance(response, Response):
        raise ContractError(f"returned {type(response).__name__}; a middleware returns a Response")
    return response


async def _within(answer: Awaitable[Response], timeout_s: float) -> Response:
    deadline = asyncio.timeout(timeout_s)
    try:
        async with deadline:
            return await answer
    except TimeoutError as error:
        if deadline.expired():
            raise Overrun(f"took longer than {timeout_s:g} s") from error
        raise


async def _without(seen: _Inner, next: Proxy, request: Request, failure: BaseException) -> Response:
    """What the request gets without the middleware that failed; nothing may be sent upstream twice."""
    if seen.response is not None:
        return seen.response
    if not seen.calls:
        return await next(request)
    last = seen.errors[-1] if seen.errors else failure
    # NOTE: a CancelledError is no answer of what is wrapped: the middleware has cut it short
    raise last if isinstance(last, Exception) else failure


def guarded_app(build: Callable[[ASGIApp], ASGIApp], guard: Guard, next: ASGIApp) -> ASGIApp:
    """A server middleware whose failures are answered here; those of the application that it wraps pass."""
    inner: ContextVar[_Exchange] = ContextVar("inner")

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        exchange = inner.get()
        exchange.is_touched = True
        try:
            await next(scope, receive, send)
        except BaseException as error:
            exchange.errors.append(error)
            raise

    app = build(watched)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        exchange = _Exchange(receive, send)
        token = inner.set(exchange)
        try:
            await app(scope, exchange.receive, exchange.send)
            exchange.check()
        except BaseException as error:
            if error in exchange.errors:
                raise
            if await exchange.settled(error, guard):
                await next(scope, receive, send)
        else:
            guard.recovered()
        finally:
            inner.reset(token)

    return call


class _Exchange:
    """One request on its way through a server middleware: what was taken of it and sent for it."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_started = False
        self.is_touched = False
        self.errors: list[BaseException] = []

    async def receive(self) -> Message:
        """Take a message of the client's."""
        self.is_touched = True
        return await self._receive()

    async def send(self, message: Message) -> None:
        """Send a message to the client."""
        self.is_touched = self._is_started = True
        await self._send(message)

    def check(self) -> None:
        """ContractError for a middleware that is done without having done anything."""
        if not self.is_touched:
            raise ContractError("gave no answer")

    async def settled(self, error: BaseException, guard: Guard) -> bool:
        """Whether the request goes on without the middleware that failed; else it is answered, or broken off."""
        try:
            failure = guard.settle(error, "call")
            if not self.is_touched:
                return True
            raise failure
        except KrakpyError as end:
            if self._is_started:
                raise
            await refuse(end, self._send)
            return False
