"""Guarded calls: whatever an extension raises or returns becomes an outcome with a code, a place and a status.

`Exception`, `SystemExit` and every other `BaseException` are caught; only the worker's own cancellation passes.
"""
from __future__ import annotations

import asyncio
import inspect
import logging
import os
import traceback
from collections.abc import Awaitable, Callable
from types import MappingProxyType
from typing import Any

from krakpy_sdk import ContractError, Extension, Patch, Reply, Request, Response
from krakpy_sdk.extension import hooks_of

from krakpy.codes import Code
from krakpy.errors import ExtensionError, Problem
from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import required
from krakpy.extension.policy import DEFAULT_TIMEOUT_S, Policy
from krakpy.logs import event

log = logging.getLogger("krakpy.extension")

HookCall = Callable[[Request, Response | None], Awaitable[Patch | Reply | None]]
#: what each hook may return beside None
RETURNS = MappingProxyType({
    "http_request": (Patch, Reply),
    "http_response": (Patch,),
    "endpoint_request": (Patch, Reply),
    "endpoint_response": (Patch,),
    "backend_request": (Patch, Reply),
    "backend_response": (Patch,),
    "execute": (Reply,),
    "log": (),
})
_STATUS = MappingProxyType({Code.CALL_RAISED: 500, Code.CALL_BREACH: 502, Code.CALL_TIMEOUT: 504})


class Guard:
    """Turns the failures of one instance into problems, logs them, and does what its policy says."""

    __slots__ = ("_is_failing", "candidate", "name", "place", "policy")

    def __init__(self, name: str, candidate: Candidate, place: str, policy: Policy) -> None:
        self.name = name
        self.candidate = candidate
        self.place = place
        self.policy = policy
        self._is_failing = False

    def problem(self, code: Code, error: BaseException, what: str) -> Problem:
        """The problem that an exception means, with the extension's own file and line."""
        candidate = self.candidate
        cause = f"{type(error).__name__}: {error}".rstrip(": ")
        message = f"{candidate.distribution} {candidate.version} ({self.name}) {what}: {cause}{place_of(error)}"
        return Problem(code, self.place, message, f"krakpy ext show {candidate.id}; {code.remedy}")

    def failed(self, error: BaseException, what: str) -> ExtensionError:
        """The error to raise for a call that failed; logged once here."""
        code = _code(error)
        problem = self.problem(code, error, what)
        if not self._is_failing or self.policy.on_error == "fail":
            event(
                log, logging.ERROR, problem.message, code=code.id, distribution=self.candidate.distribution,
                extension=self.candidate.id, instance=self.name, place=self.place, error=type(error).__name__,
                on_error=self.policy.on_error, mode=self.policy.mode, remedy=problem.advice,
            )
        self._is_failing = True
        return ExtensionError(problem, instance=self.name, status=_STATUS[code])

    def recovered(self) -> None:
        """Note that a call went well; logged when the one before failed."""
        if self._is_failing:
            self._is_failing = False
            event(log, logging.INFO, f"{self.candidate.id} ({self.name}) works again", instance=self.name)

    @property
    def goes_on(self) -> bool:
        """Whether a request goes on without this instance when it fails."""
        return self.policy.on_error == "skip" or self.policy.mode == "shadow"


def is_own_cancellation(error: BaseException) -> bool:
    """Whether this is the worker's cancellation of the request, and not something that an extension raised."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


def _code(error: BaseException) -> Code:
    if isinstance(error, ContractError):
        return Code.CALL_BREACH
    return Code.CALL_TIMEOUT if isinstance(error, Overrun) else Code.CALL_RAISED


class Overrun(Exception):
    """A call took longer than its timeout."""


def place_of(error: BaseException) -> str:
    """` at FILE:LINE` of the innermost frame outside of krakpy, or nothing."""
    ours = os.path.dirname(os.path.dirname(__file__))
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith((ours, os.path.dirname(asyncio.__file__))):
            return f", at {frame.filename}:{frame.lineno}"
    return ""


class LiveHook:
    """One instance of a hook, as the seats call it."""

    def __init__(self, instance: Extension[Any], guard: Guard) -> None:
        self.instance = instance
        self.guard = guard
        self.wants_body = instance.body == "buffer"
        self._calls = {name: _compiled(name, getattr(instance, name), guard) for name in hooks_of(type(instance))}

    def call(self, name: str) -> HookCall | None:
        """The guarded call of one hook, or None if the extension does not have it."""
        return self._calls.get(name)


def _compiled(name: str, method: Callable[..., Any], guard: Guard) -> HookCall:
    """The guarded call of one hook: arguments are picked and the policy is read here, not per request."""
    given = _picked(method)
    allowed = RETURNS[name]
    is_async = inspect.iscoroutinefunction(method)
    invoke = _with_timeout(given, guard.policy.timeout_s or DEFAULT_TIMEOUT_S) if is_async else given
    is_shadow = guard.policy.mode == "shadow"

    async def call(request: Request, response: Response | None) -> Patch | Reply | None:
        try:
            result = invoke(request, response)
            if is_async:
                result = await result
            if result is not None and not isinstance(result, allowed):
                raise _breach(name, allowed, result)
        except BaseException as error:
            if is_own_cancellation(error):
                raise
            failure = guard.failed(error, name)
            if guard.goes_on:
                return None
            raise failure from error
        guard.recovered()
        if is_shadow:
            event(log, logging.INFO, f"{guard.name} {name} in shadow mode", instance=guard.name, result=repr(result))
            return None
        return result

    return call


def _breach(name: str, allowed: tuple[type, ...], result: object) -> ContractError:
    wanted = ", ".join([kind.__name__ for kind in allowed] + ["None"])
    if inspect.iscoroutine(result):
        result.close()
    return ContractError(f"{name} returned {type(result).__name__}; it may return {wanted}")


def _picked(method: Callable[..., Any]) -> Callable[[Request, Response | None], Any]:
    names = required(method)
    if names == ("request",):
        return lambda request, _: method(request)
    if names == ("request", "response"):
        return method
    if names == ("response",):
        return lambda _, response: method(response)
    if names == ("response", "request"):
        return lambda request, response: method(response, request)
    return lambda _request, _response: method()


def _with_timeout(
    invoke: Callable[[Request, Response | None], Any], timeout_s: float
) -> Callable[[Request, Response | None], Awaitable[Any]]:
    async def bounded(request: Request, response: Response | None) -> Any:
        deadline = asyncio.timeout(timeout_s)
        try:
            async with deadline:
                return await invoke(request, response)
        except TimeoutError as error:
            if deadline.expired():
                raise Overrun(f"took longer than {timeout_s:g} s") from error
            raise

    return bounded
