"""Third-party middlewares, guarded: their own failures become outcomes, those of what they wrap pass.

With `on_error: skip` a request goes on without a middleware that failed, as long as nothing is asked twice.
"""
from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from time import monotonic

from krakpy_sdk import ASGIApp, ContractError, Proxy, Receive, Request, Response, Scope, Send
from krakpy_sdk.seats import Message

from krakpy.errors import KrakpyError
from krakpy.extension.guard import Guard, Overrun
from krakpy.extension.ledger import NOBODY
from krakpy.extension.ledger_page import Record
from krakpy.extension.quarantine import State
from krakpy.extension.refusal import refuse
from krakpy.extension.stepping import Steps


class _Inner:
    """What happened inside of one call of a middleware: how often `next` was called, and how it ended."""

    __slots__ = ("calls", "errors", "response", "seconds")

    def __init__(self) -> None:
        self.calls = 0
        self.seconds = 0.0
        self.errors: list[BaseException] = []
        self.response: Response | None = None


def guarded(build: Callable[[Proxy], Proxy], guard: Guard, next: Proxy) -> Proxy:
    """A middleware around `next` whose failures are outcomes."""
    inner: ContextVar[_Inner] = ContextVar("inner")
    record = guard.record
    middleware = build(_watching(next, inner, record))

    async def call(request: Request) -> Response:
        is_active = record.state is State.ACTIVE
        if not is_active and not guard.admits():
            return await next(request)
        seen = _Inner()
        token = inner.set(seen)
        began = monotonic()
        try:
            answer = Steps(_answer(middleware, request), record)
            timeout_s = guard.policy.timeout_s
            response = await answer if timeout_s is None else await _within(answer, timeout_s)
        except BaseException as error:
            if error in seen.errors:
                raise
            return await _without(seen, next, request, guard.settle(error, "call", began))
        finally:
            inner.reset(token)
        record.tally[0] += 1
        record.tally[1] += monotonic() - began - seen.seconds
        guard.recovered()
        return response

    return call


def _watching(next: Proxy, inner: ContextVar[_Inner], record: Record) -> Proxy:
    """What a middleware has as its `next`: notes what comes of it, which is not the middleware's doing."""

    async def watched(request: Request) -> Response:
        seen = inner.get()
        seen.calls += 1
        began = monotonic()
        try:
            response = seen.response = await Steps(next(request), record, NOBODY)
        except BaseException as error:
            seen.errors.append(error)
            raise
        finally:
            seen.seconds += monotonic() - began
        return response

    return watched


async def _answer(middleware: Proxy, request: Request) -> Response:
    """What a middleware answers, if it is of the right type."""
    answer = middleware(request)
    if not inspect.isawaitable(answer):
        raise ContractError(f"returned {type(answer).__name__}; a middleware returns an awaitable Response")
    response = await answer
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


def guarded_app(
    build: Callable[[ASGIApp], ASGIApp], guard: Guard, next: ASGIApp, *, health: str | None = None
) -> ASGIApp:
    """A server middleware whose failures are answered here; those of the application that it wraps pass.

    While it is in quarantine, nothing is answered but `health`, the path of the gateway's own.
    """
    inner: ContextVar[_Exchange] = ContextVar("inner")

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        exchange = inner.get()
        exchange.is_touched = True
        try:
            await Steps(next(scope, receive, send), record, NOBODY)
        except BaseException as error:
            exchange.errors.append(error)
            raise

    record = guard.record
    app = build(watched)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if record.state is not State.ACTIVE and await _is_kept_out(guard, next, (scope, receive, send), health):
            return
        exchange = _Exchange(receive, send)
        token = inner.set(exchange)
        began = monotonic()
        try:
            await Steps(app(scope, exchange.receive, exchange.send), record)
            exchange.check()
        except BaseException as error:  # noqa: BLE001  # settled raises what is not its to answer
            if await exchange.settled(error, guard, began):
                await next(scope, receive, send)
        else:
            record.tally[0] += 1
            guard.recovered()
        finally:
            inner.reset(token)

    return call


async def _is_kept_out(guard: Guard, next: ASGIApp, exchange: tuple[Scope, Receive, Send], health: str | None) -> bool:
    """Whether a middleware that is not active may not be called; the exchange is settled without it then."""
    scope, _, send = exchange
    try:
        if scope["type"] != "http" or guard.admits():
            return False
    except KrakpyError as absence:
        if scope["path"] != health:
            await refuse(absence, send)
            return True
    await next(*exchange)
    return True


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

    async def settled(self, error: BaseException, guard: Guard, began: float) -> bool:
        """Whether the request goes on without the middleware that failed; else it is answered, or broken off."""
        if error in self.errors:
            raise error
        try:
            failure = guard.settle(error, "call", began)
            if not self.is_touched:
                return True
            raise failure
        except KrakpyError as end:
            if self._is_started:
                raise
            await refuse(end, self._send)
            return False
