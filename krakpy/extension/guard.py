"""Guarded calls: whatever an extension raises or returns becomes an outcome with a code, a place and a status.

`Exception`, `SystemExit` and every other `BaseException` are caught. The worker's own cancellation passes, and what an
extension says in the contract's own words: that the request is refused, or that its upstream failed.
"""
from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from types import MappingProxyType
from typing import Any

from krakpy_sdk import HOOKS, ContractError, Extension, Patch, RejectedError, Reply, Request, Response, UpstreamError
from krakpy_sdk.actions import checked_header, checked_status
from krakpy_sdk.extension import hooks_of

from krakpy.codes import Code
from krakpy.errors import ExtensionError, Problem
from krakpy.extension.blame import MAX_TEXT, place_of, said
from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import parameters
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


class Overrun(Exception):
    """A call took longer than its timeout."""


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
        message = f"{candidate.distribution} {candidate.version} ({self.name}) {what}: {said(error)}{place_of(error)}"
        return Problem(code, self.place, message, f"krakpy ext show {candidate.id}; {code.remedy}")

    def failed(self, error: BaseException, what: str) -> ExtensionError:
        """The error to raise for a call that failed; logged here, and only at its onset where requests go on."""
        code = _code(error)
        problem = self.problem(code, error, what)
        if not (self._is_failing and self.goes_on):
            event(
                log, logging.ERROR, problem.message, code=code.id, distribution=self.candidate.distribution,
                extension=self.candidate.id, instance=self.name, place=self.place, error=type(error).__name__,
                on_error=self.policy.on_error, mode=self.policy.mode, remedy=problem.advice,
            )
        self._is_failing = True
        return ExtensionError(problem, instance=self.name, status=_STATUS[code])

    def settle(self, error: BaseException, what: str) -> BaseException:
        """Raise what a request ends with for what an extension raised; if it goes on, give what it would have been."""
        if is_own_cancellation(error):
            raise error
        if what != "log" and is_meant(error):
            if self.policy.mode != "shadow":
                raise error
            self.observed(what, error)
            return error
        failure = self.failed(error, what)
        if self.goes_on:
            return failure
        raise failure from error

    def recovered(self) -> None:
        """Note that a call went well; logged when the one before failed."""
        if self._is_failing:
            self._is_failing = False
            event(log, logging.INFO, f"{self.candidate.id} ({self.name}) works again", instance=self.name)

    def observed(self, what: str, result: object) -> None:
        """Record what an instance in shadow mode would have done."""
        told = said(result) if isinstance(result, BaseException) else repr(result)[:MAX_TEXT]
        event(log, logging.INFO, f"{self.name} {what} in shadow mode", instance=self.name, result=told)

    @property
    def goes_on(self) -> bool:
        """Whether a request goes on without this instance when it fails."""
        return self.policy.on_error == "skip" or self.policy.mode == "shadow"


def is_own_cancellation(error: BaseException) -> bool:
    """Whether this is the worker's cancellation of the request, and not something that an extension raised."""
    if not isinstance(error, asyncio.CancelledError):
        return False
    try:
        task = asyncio.current_task()
    except RuntimeError:  # in a thread nothing is ever cancelled
        return False
    return task is not None and task.cancelling() > 0


def is_meant(error: BaseException) -> bool:
    """Whether an extension says that the request is refused or that its upstream failed, and says it as it should."""
    if not isinstance(error, RejectedError):
        return isinstance(error, UpstreamError)
    try:
        checked_status(error.status)
        for name, value in error.headers.items():
            checked_header(name, value)
    except ContractError:
        return False
    return True


def _code(error: BaseException) -> Code:
    if isinstance(error, (ContractError, RejectedError)):
        return Code.CALL_BREACH
    return Code.CALL_TIMEOUT if isinstance(error, Overrun) else Code.CALL_RAISED


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
    given = _picked(method, HOOKS[name])
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
        except BaseException as error:  # noqa: BLE001  # settle raises whatever is not to be skipped
            guard.settle(error, name)
            return None
        guard.recovered()
        if is_shadow:
            guard.observed(name, result)
            return None
        return result

    return call


def _breach(name: str, allowed: tuple[type, ...], result: object) -> ContractError:
    wanted = ", ".join([kind.__name__ for kind in allowed] + ["None"])
    if inspect.iscoroutine(result):
        result.close()
    return ContractError(f"{name} returned {type(result).__name__}; it may return {wanted}")


def _picked(method: Callable[..., Any], offered: tuple[str, ...]) -> Callable[[Request, Response | None], Any]:
    """The call with what the hook declares."""
    declared = parameters(method)
    is_plain = all(p.kind is not p.KEYWORD_ONLY and p.name in offered for p in declared)
    names = tuple(p.name for p in declared)
    # PERF: the usual three by position; a dictionary for each call would be half of what it costs
    if is_plain and names == ("request",):
        return lambda request, _: method(request)
    if is_plain and names == ("request", "response"):
        return method
    if is_plain and names == ("response",):
        return lambda _, response: method(response)
    kinds = {p.kind for p in inspect.signature(method).parameters.values()}
    wanted = tuple(name for name in offered if name in names or inspect.Parameter.VAR_KEYWORD in kinds)
    return lambda request, response: method(
        **{name: request if name == "request" else response for name in wanted}
    )


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
