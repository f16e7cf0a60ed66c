"""The life of an instance: built, set up, torn down. Whatever goes wrong on the way is one ExtensionError."""
from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TypeVar

from krakpy_sdk import ConfigError, Context, Disabled

from krakpy.codes import Code
from krakpy.config.report import join
from krakpy.errors import ExtensionError, Problem
from krakpy.extension.guard import Guard, LiveHook, Overrun, is_own_cancellation
from krakpy.extension.stepping import Steps

#: longest time that `setup` and `teardown` of one instance may take
LIFECYCLE_TIMEOUT_S = 10.0

T = TypeVar("T")


def built(guard: Guard, build: Callable[[], T]) -> T:
    """What `build` gives; ExtensionError for whatever it raises, and for what workers died of when they started."""
    if guard.record.is_left_out:
        raise guard.quarantined()
    try:
        with guard.record.busy():
            return build()
    except (ExtensionError, Disabled):
        raise
    except ConfigError as error:
        problem = Problem(Code.SETTINGS, join(guard.place, error.path), error.message)
        raise ExtensionError(problem, instance=guard.name) from error
    except BaseException as error:
        raise ExtensionError(guard.problem(Code.CONSTRUCTION, error, "construction"), instance=guard.name) from error


async def set_up(hook: LiveHook, context: Context, timeout_s: float = LIFECYCLE_TIMEOUT_S) -> None:
    """Call `setup` of an instance; ExtensionError for whatever it raises."""
    await _started(lambda: hook.instance.setup(context), hook.guard, timeout_s)


async def torn_down(hook: LiveHook, timeout_s: float = LIFECYCLE_TIMEOUT_S) -> None:
    """Call `teardown` of an instance; what it raises is logged."""
    await called_at_end(hook.instance, hook.guard, timeout_s)


async def called_at_start(instance: object, guard: Guard, timeout_s: float = LIFECYCLE_TIMEOUT_S) -> None:
    """Call `setup` of a middleware or driver, if it has it; ExtensionError for whatever it raises."""
    setup = getattr(instance, "setup", None)
    if callable(setup):
        await _started(setup, guard, timeout_s)


async def called_at_end(instance: object, guard: Guard, timeout_s: float = LIFECYCLE_TIMEOUT_S) -> None:
    """Call `teardown` of an object, if it has it; what it raises is logged."""
    teardown = getattr(instance, "teardown", None)
    if not callable(teardown):
        return
    try:
        await _finished(teardown, guard, timeout_s)
    except BaseException as error:  # an extension may raise anything, and the others end too
        if is_own_cancellation(error):
            raise
        guard.failed(error, "teardown")


async def _started(setup: Callable[[], object], guard: Guard, timeout_s: float) -> None:
    try:
        await _finished(setup, guard, timeout_s)
    except BaseException as error:
        if is_own_cancellation(error):
            raise
        raise ExtensionError(guard.problem(Code.SETUP, error, "setup"), instance=guard.name) from error


async def _finished(call: Callable[[], object], guard: Guard, timeout_s: float) -> None:
    """Call it and await what it gives, within its time."""
    with guard.record.busy():
        result = call()
    if not inspect.isawaitable(result):
        return
    deadline = asyncio.timeout(timeout_s)
    try:
        async with deadline:
            await Steps(result, guard.record)
    except TimeoutError as error:
        if deadline.expired():
            raise Overrun(f"took longer than {timeout_s:g} s") from error
        raise
