"""The life of an instance: built, set up, torn down. Whatever goes wrong on the way is one ExtensionError."""
from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TypeVar

from krakpy_sdk import ConfigError, Context

from krakpy.codes import Code
from krakpy.errors import ExtensionError, Problem
from krakpy.extension.guard import Guard, LiveHook, Overrun, is_own_cancellation

#: longest time that `setup` and `teardown` of one instance may take
LIFECYCLE_TIMEOUT_S = 10.0

T = TypeVar("T")


def built(guard: Guard, build: Callable[[], T]) -> T:
    """What `build` gives; ExtensionError for whatever it raises."""
    try:
        return build()
    except ExtensionError:
        raise
    except ConfigError as error:
        place = f"{guard.place}.{error.path}" if error.path else guard.place
        raise ExtensionError(Problem(Code.SETTINGS, place, error.message), instance=guard.name) from error
    except BaseException as error:
        raise ExtensionError(guard.problem(Code.CONSTRUCTION, error, "construction"), instance=guard.name) from error


async def set_up(hook: LiveHook, context: Context, timeout_s: float = LIFECYCLE_TIMEOUT_S) -> None:
    """Call `setup` of an instance; ExtensionError for whatever it raises."""
    instance, guard = hook.instance, hook.guard
    try:
        await _finished(lambda: instance.setup(context), timeout_s)
    except BaseException as error:
        if is_own_cancellation(error):
            raise
        raise ExtensionError(guard.problem(Code.SETUP, error, "setup"), instance=guard.name) from error


async def torn_down(hook: LiveHook, timeout_s: float = LIFECYCLE_TIMEOUT_S) -> None:
    """Call `teardown` of an instance; what it raises is logged."""
    try:
        await _finished(hook.instance.teardown, timeout_s)
    except BaseException as error:  # an extension may raise anything, and the others end too
        if is_own_cancellation(error):
            raise
        hook.guard.failed(error, "teardown")


async def _finished(call: Callable[[], object], timeout_s: float) -> None:
    """Call it and await what it gives, within its time."""
    result = call()
    if not inspect.isawaitable(result):
        return
    deadline = asyncio.timeout(timeout_s)
    try:
        async with deadline:
            await result
    except TimeoutError as error:
        if deadline.expired():
            raise Overrun(f"took longer than {timeout_s:g} s") from error
        raise
