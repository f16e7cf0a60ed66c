"""Third-party middlewares and drivers, guarded: their own failures become outcomes, those of what they wrap pass."""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from krakpy_sdk import ASGIApp, ContractError, Proxy, Receive, Request, Response, Scope, Send

from krakpy.errors import KrakpyError
from krakpy.extension.guard import Guard, Overrun, is_own_cancellation


def guarded(build: Callable[[Proxy], Proxy], guard: Guard, next: Proxy) -> Proxy:
    """A middleware around `next` whose failures are outcomes; with `on_error: skip` the request goes on without it.

    An answer that `next` has already given is used then, because nothing may be sent upstream twice.
    """
    answered: ContextVar[list[Response | BaseException]] = ContextVar("answered")

    async def remembered(request: Request) -> Response:
        seen = answered.get()
        try:
            response = await next(request)
        except BaseException as error:
            seen.append(error)
            raise
        seen.append(response)
        return response

    middleware = build(remembered)

    async def call(request: Request) -> Response:
        seen: list[Response | BaseException] = []
        token = answered.set(seen)
        try:
            response = await _within(middleware(request), guard.policy.timeout_s)
            if not isinstance(response, Response):
                raise ContractError(f"returned {type(response).__name__}; a middleware returns a Response")
        except BaseException as error:
            if error in seen or isinstance(error, KrakpyError) or is_own_cancellation(error):
                raise
            failure = guard.failed(error, "call")
            if guard.goes_on:
                return await _without(seen, next, request)
            raise failure from error
        finally:
            answered.reset(token)
        return response

    return call


async def _within(answer: Awaitable[Response], timeout_s: float | None) -> Response:
    if timeout_s is None:
        return await answer
    deadline = asyncio.timeout(timeout_s)
    try:
        async with deadline:
            return await answer
    except TimeoutError as error:
        if deadline.expired():
            raise Overrun(f"took longer than {timeout_s:g} s") from error
        raise


async def _without(seen: list[Response | BaseException], next: Proxy, request: Request) -> Response:
    if not seen:
        return await next(request)
    last = seen[-1]
    if isinstance(last, BaseException):
        raise last
    return last


def guarded_app(build: Callable[[ASGIApp], ASGIApp], guard: Guard, next: ASGIApp) -> ASGIApp:
    """A server middleware whose failures are outcomes; those of the application that it wraps pass."""
    inner: ContextVar[list[BaseException]] = ContextVar("inner")

    async def remembered(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await next(scope, receive, send)
        except BaseException as error:
            inner.get().append(error)
            raise

    app = build(remembered)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        seen: list[BaseException] = []
        token = inner.set(seen)
        try:
            await app(scope, receive, send)
        except BaseException as error:
            if error in seen or is_own_cancellation(error):
                raise
            raise guard.failed(error, "call") from error
        finally:
            inner.reset(token)

    return call


def guarded_driver(driver: Any, method: str, guard: Guard) -> Any:
    """A driver whose method's unexpected exceptions are outcomes; ValueError and krakpy's own errors pass."""
    return _GuardedDriver(driver, method, guard)


class _GuardedDriver:
    """Stands for a driver; the one method of its Protocol is guarded, what it returns (a proxy, a function) too."""

    def __init__(self, driver: Any, method: str, guard: Guard) -> None:
        setattr(self, method, _guarded_function(getattr(driver, method), method, guard))


def _guarded_function(function: Callable[..., Any], what: str, guard: Guard) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        try:
            result = function(*arguments)
        except BaseException as error:
            if isinstance(error, (ValueError, KrakpyError)) or is_own_cancellation(error):
                raise
            raise guard.failed(error, what) from error
        if callable(result):
            return _guarded_function(result, what, guard)
        return _guarded_awaitable(result, what, guard) if isinstance(result, Awaitable) else result

    return call


async def _guarded_awaitable(result: Awaitable[Any], what: str, guard: Guard) -> Any:
    try:
        return await result
    except BaseException as error:
        if isinstance(error, (ValueError, KrakpyError)) or is_own_cancellation(error):
            raise
        raise guard.failed(error, what) from error
