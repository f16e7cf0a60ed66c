"""Guarded calls: whatever an extension raises or returns becomes an outcome with a code, a place and a status.

`Exception`, `SystemExit` and every other `BaseException` are caught. The worker's own cancellation passes, and what an
extension says in the contract's own words: that the request is refused, or that its upstream failed. Whoever failed too
often is not called at all (`krakpy.extension.quarantine`), and while one is called its name stands in the ledger.
"""
from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from types import MappingProxyType
from typing import Any, Protocol

from krakpy_sdk import HOOKS, ContractError, Extension, Patch, RejectedError, Reply, Request, Response
from krakpy_sdk.calling import is_meant, picked
from krakpy_sdk.extension import hooks_of

from krakpy.codes import Code
from krakpy.errors import ExtensionError, Problem
from krakpy.extension.blame import MAX_TEXT, kind_of, place_of, said
from krakpy.extension.catalog import Candidate
from krakpy.extension.declared import paths_of
from krakpy.extension.ledger import SINCE, WHO
from krakpy.extension.ledger_page import Record
from krakpy.extension.policy import DEFAULT_TIMEOUT_S, Policy
from krakpy.extension.quarantine import Kind, State
from krakpy.extension.remote_errors import HostDied, HostDown
from krakpy.extension.results import check
from krakpy.extension.stepping import Hurried
from krakpy.logs import event

log = logging.getLogger("krakpy.extension")

HookCall = Callable[[Request, Response | None], Awaitable[Patch | Reply | None]]
_STATUS = MappingProxyType({
    Code.CALL_RAISED: 500, Code.CALL_BREACH: 502, Code.CALL_TIMEOUT: 504, Code.CALL_DIED: 502,
})  # fmt: skip


class Overrun(Exception):
    """A call took longer than its timeout."""


class Guard:
    """Turns the failures of one instance into problems, logs them, and does what its policy says."""

    __slots__ = ("candidate", "is_failing", "name", "place", "policy", "record")

    def __init__(
        self, name: str, candidate: Candidate, place: str, policy: Policy, record: Record | None = None
    ) -> None:
        self.name = name
        self.candidate = candidate
        self.place = place
        self.policy = policy
        self.record = record or Record.of_nobody()
        self.is_failing = False
        """Whether its last call failed."""

    def admits(self) -> bool:
        """Whether an instance that is not active may be called; False for one that requests go on without."""
        if self.record.may_pass():
            return True
        if self.goes_on:
            return False
        raise self.quarantined()

    def quarantined(self) -> ExtensionError:
        """What a request meets that nobody may answer at present; logged when the quarantine began, not here."""
        candidate = self.candidate
        message = f"{candidate.distribution} {candidate.version} ({self.name}) is quarantined"
        problem = Problem(Code.QUARANTINED, self.place, message, f"krakpy ext release {candidate.id}")
        return ExtensionError(problem, instance=self.name)

    def problem(self, code: Code, error: BaseException, what: str) -> Problem:
        """The problem that an exception means, with the extension's own file and line."""
        candidate = self.candidate
        message = f"{candidate.distribution} {candidate.version} ({self.name}) {what}: {said(error)}{place_of(error)}"
        return Problem(code, self.place, message, f"krakpy ext show {candidate.id}; {code.remedy}")

    def failed(self, error: BaseException, what: str) -> ExtensionError:
        """The error to raise for a call that failed; logged here, and only at its onset where requests go on."""
        code = _code(error)
        problem = self.problem(code, error, what)
        if not (self.is_failing and self.goes_on):
            event(
                log, logging.ERROR, problem.message, code=code.id, distribution=self.candidate.distribution,
                extension=self.candidate.id, instance=self.name, place=self.place, error=kind_of(error),
                on_error=self.policy.on_error, mode=self.policy.mode, remedy=problem.advice,
            )
        self.is_failing = True
        return ExtensionError(problem, instance=self.name, status=_STATUS.get(code, 503))

    def settle(self, error: BaseException, what: str, began: float = 0.0) -> BaseException:
        """Raise what a request ends with for what an extension raised; if it goes on, give what it would have been."""
        if is_own_cancellation(error):
            self.record.broken_off()
            raise error
        if what != "log" and is_meant(error):
            self.recovered()
            if self.policy.mode != "shadow":
                raise error
            self.observed(what, error)
            return error
        self.note(error, what, began)
        failure = self.failed(error, what)
        if self.goes_on:
            return failure
        raise failure from error

    def note(self, error: BaseException, what: str, began: float = 0.0) -> None:
        """Let the whole node know that a call failed."""
        kind = _kind(error)
        if kind is not None:
            self.record.failed(kind, began, f"{what}: {said(error)}")

    def recovered(self) -> None:
        """Note a call that went well after one that did not, or while the instance is not active."""
        if self.record.state is not State.ACTIVE:
            self.record.went_well()
        if self.is_failing:
            self.is_failing = False
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


def _code(error: BaseException) -> Code:
    if isinstance(error, (ContractError, RejectedError)):
        return Code.CALL_BREACH
    if isinstance(error, HostDown):
        return error.code
    if isinstance(error, HostDied):
        return Code.CALL_DIED
    return Code.CALL_TIMEOUT if isinstance(error, Overrun) else Code.CALL_RAISED


def _kind(error: BaseException) -> Kind | None:
    """As what a failure counts; None for one that is not the extension's: nobody is there to be asked."""
    if isinstance(error, HostDown):
        return None
    if isinstance(error, HostDied):
        return "death"
    return "overrun" if isinstance(error, Overrun) else "error"


class Hook(Protocol):
    """One instance of a hook, as the seats call it, wherever it runs."""

    @property
    def guard(self) -> Guard:
        """What its failures mean."""

    @property
    def wants_body(self) -> bool:
        """Whether it asks for the bodies of messages."""

    @property
    def paths(self) -> tuple[str, ...] | None:
        """The part of documents that it sees and may change; None: everything."""

    def call(self, name: str) -> HookCall | None:
        """The guarded call of one hook, or None if the extension does not have it."""


class LiveHook:
    """One instance of a hook in this process."""

    def __init__(self, instance: Extension[Any], guard: Guard) -> None:
        self.instance = instance
        self.guard = guard
        self.wants_body = instance.body == "buffer"
        self.paths = paths_of(instance)
        self._calls = {name: _compiled(name, getattr(instance, name), guard) for name in hooks_of(type(instance))}

    def call(self, name: str) -> HookCall | None:
        """The guarded call of one hook, or None if the extension does not have it."""
        return self._calls.get(name)


def _compiled(name: str, method: Callable[..., Any], guard: Guard) -> HookCall:
    """The guarded call of one hook in this process."""
    given = picked(method, HOOKS[name])
    timeout_s = guard.policy.timeout_s or DEFAULT_TIMEOUT_S
    if inspect.iscoroutinefunction(method):
        return guarded(name, _with_timeout(_in_steps(given, guard.record), timeout_s), guard)
    return _guarded_at_once(name, given, guard, timeout_s)


def _in_steps(invoke: Callable[..., Any], record: Record) -> Callable[[Request, Response | None], Awaitable[Any]]:
    return lambda request, response: Hurried(invoke(request, response), record)


def guarded(name: str, invoke: Callable[[Request, Response | None], Awaitable[Any]], guard: Guard) -> HookCall:
    """A guarded call of what is awaited: the policy is read here, not per request."""
    is_shadow = guard.policy.mode == "shadow"
    record = guard.record
    states, index, tally = record.states, record.index, record.tally

    async def call(request: Request, response: Response | None) -> Patch | Reply | None:
        is_active = states[index] == State.ACTIVE
        if not is_active and not guard.admits():
            return None
        began = monotonic()
        try:
            result: Patch | Reply | None = await invoke(request, response)
            if result is not None:
                check(name, result)
        except BaseException as error:  # noqa: BLE001  # settle raises whatever is not to be skipped
            guard.settle(error, name, began)
            return None
        tally[0] += 1
        tally[1] += monotonic() - began
        if guard.is_failing or not is_active:
            guard.recovered()
        if is_shadow:
            guard.observed(name, result)
            return None
        return result

    return call


def _guarded_at_once(
    name: str, invoke: Callable[[Request, Response | None], Any], guard: Guard, timeout_s: float
) -> HookCall:
    """The same for a plain function. PERF: what it is stands in the ledger meanwhile; 0.3 µs in all."""
    is_shadow = guard.policy.mode == "shadow"
    record = guard.record
    states, index, slot, tally = record.states, record.index, record.slot, record.tally
    active, who, since = int(State.ACTIVE), WHO, SINCE

    async def call(request: Request, response: Response | None) -> Patch | Reply | None:
        is_active = states[index] == active
        if not is_active and not guard.admits():
            return None
        before = slot[who]
        slot[since] = began = monotonic()
        slot[who] = index
        try:
            result: Patch | Reply | None = invoke(request, response)
            slot[who] = before
            took = monotonic() - began
            if result is not None:
                check(name, result)
            if took > timeout_s:
                raise Overrun(f"took {took:.3g} s, longer than {timeout_s:g} s, and let nobody else run")
        except BaseException as error:  # noqa: BLE001  # settle raises whatever is not to be skipped
            slot[who] = before
            guard.settle(error, name, began)
            return None
        tally[0] += 1
        tally[1] += took
        if guard.is_failing or not is_active:
            guard.recovered()
        if is_shadow:
            guard.observed(name, result)
            return None
        return result

    return call


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
