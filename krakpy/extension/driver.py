"""Third-party drivers, guarded: what the methods of their Protocol raise or return becomes an outcome."""
from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from time import monotonic
from types import MappingProxyType, NoneType
from typing import Any

from krakpy_sdk import ContractError, KrakpyError, Response

from krakpy.extension.guard import Guard, is_own_cancellation
from krakpy.extension.quarantine import State
from krakpy.extension.stepping import Steps

#: what each method returns; where that is a function itself, what that returns
_RETURNS: Mapping[str, tuple[Any, ...]] = MappingProxyType({
    "decode": (dict, NoneType),
    "render": (Response,),
    "merge": (Callable,),
    "merge()": (Response,),
    "hosts": (Callable,),
    "hosts()": (Sequence,),
})


class GuardedDriver:
    """Stands for a driver: has the methods of its Protocol, guarded."""

    def __init__(self, driver: Any, methods: Iterable[str], guard: Guard) -> None:
        for method in methods:
            setattr(self, method, _guarded(getattr(driver, method), method, guard))


def _guarded(function: Callable[..., Any], what: str, guard: Guard) -> Callable[..., Any]:
    # NOTE: what a method returns that krakpy does not know is for who asked for the driver to judge
    is_known = what in _RETURNS
    may_be_awaited = what == "merge()" or not is_known
    record = guard.record

    def call(*arguments: Any) -> Any:
        if record.state is not State.ACTIVE:
            guard.admits()
        began = monotonic()
        try:
            with record.busy():
                result = function(*arguments)
            if may_be_awaited and inspect.isawaitable(result):
                return _awaited(result, what, guard)
            if is_known:
                _check(result, what)
        except BaseException as error:
            if _passes(error, what):
                raise
            guard.note(error, what, began)
            raise guard.failed(error, what) from error
        record.tally[0] += 1
        record.tally[1] += monotonic() - began
        guard.recovered()
        return _guarded(result, f"{what}()", guard) if is_known and callable(result) else result

    return call


async def _awaited(result: Awaitable[Any], what: str, guard: Guard) -> Any:
    began = monotonic()
    try:
        response = await Steps(result, guard.record)
        if what in _RETURNS:
            _check(response, what)
    except BaseException as error:
        if _passes(error, what):
            raise
        guard.note(error, what, began)
        raise guard.failed(error, what) from error
    return response


def _check(result: object, what: str) -> None:
    # NOTE: a text is a sequence too, of hosts that are single letters
    if not isinstance(result, _RETURNS[what]) or isinstance(result, str):
        if inspect.iscoroutine(result):
            result.close()
        raise ContractError(f"{what} returned {type(result).__name__}")


def _passes(error: BaseException, what: str) -> bool:
    """Whether an error is meant: krakpy's own, the worker's, or a decoder's word for a body in another encoding."""
    if isinstance(error, KrakpyError) or is_own_cancellation(error):
        return True
    return what == "decode" and isinstance(error, ValueError) and not isinstance(error, ContractError)
