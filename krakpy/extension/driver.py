"""Third-party drivers, guarded: what the one method of their Protocol raises or returns becomes an outcome."""
from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType, NoneType
from typing import Any

from krakpy_sdk import ContractError, KrakpyError, Response

from krakpy.extension.guard import Guard, is_own_cancellation

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
    """Stands for a driver: has the one method of its Protocol, guarded."""

    def __init__(self, driver: Any, method: str, guard: Guard) -> None:
        setattr(self, method, _guarded(getattr(driver, method), method, guard))


def _guarded(function: Callable[..., Any], what: str, guard: Guard) -> Callable[..., Any]:
    is_proxy = what == "merge()"

    def call(*arguments: Any) -> Any:
        try:
            result = function(*arguments)
            if is_proxy and inspect.isawaitable(result):
                return _awaited(result, what, guard)
            _check(result, what)
        except BaseException as error:
            if _passes(error, what):
                raise
            raise guard.failed(error, what) from error
        return _guarded(result, f"{what}()", guard) if callable(result) else result

    return call


async def _awaited(result: Awaitable[Any], what: str, guard: Guard) -> Any:
    try:
        response = await result
        _check(response, what)
    except BaseException as error:
        if _passes(error, what):
            raise
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
