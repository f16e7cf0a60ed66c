"""Coroutines of extensions, a step at a time: while one runs, its instance stands in this worker's slot of the ledger.

    result = await Steps(hook.endpoint_request(request), record)

Between two steps the event loop runs others, and what they do is not its doing.
"""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from time import monotonic
from typing import Any, TypeVar

from krakpy.extension.ledger import SINCE, WHO
from krakpy.extension.ledger_page import Record

#: how long a coroutine that goes on after it was cancelled may do so before it is cancelled again
LEFT_S = 1.0

T = TypeVar("T")


class Steps(Awaitable[T]):
    """What an awaitable gives. `as_nobody` for what runs inside of an extension and is not its own."""

    __slots__ = ("_inner", "_slot", "_who")

    def __init__(self, inner: Awaitable[T], record: Record, as_nobody: float | None = None) -> None:
        self._inner = inner
        self._slot = record.slot
        self._who = record.index if as_nobody is None else as_nobody

    def __await__(self) -> Generator[Any, Any, T]:
        step = self._inner.__await__()
        return self._driven(step, step.send, None)

    def _driven(self, step: Generator[Any, Any, T], resume: Callable[[Any], Any], value: Any) -> Generator[Any, Any, T]:
        slot, who = self._slot, self._who
        while True:
            before = slot[WHO]
            slot[SINCE] = monotonic()
            slot[WHO] = who
            try:
                yielded = resume(value)
            except StopIteration as end:
                result: T = end.value
                return result
            finally:
                slot[WHO] = before
            self._look(step, value, yielded)
            try:
                resume, value = step.send, (yield yielded)
            except GeneratorExit:
                step.close()
                raise
            except BaseException as error:  # noqa: BLE001  # goes to whom it is meant for
                resume, value = step.throw, error

    def _look(self, step: Generator[Any, Any, T], value: Any, yielded: Any) -> None:
        """Called after each step that was not the last."""


class Hurried(Steps[T]):
    """One that is not waited for when it goes on after it was cancelled: it ends in the background, if it ends."""

    __slots__ = ()

    def _look(self, step: Generator[Any, Any, T], value: Any, yielded: Any) -> None:
        if isinstance(value, asyncio.CancelledError):
            rest = asyncio.get_running_loop().create_task(_finished(_Rest(self._rest(step, yielded))))
            # NOTE: the loop holds tasks weakly; the timer keeps this one, and tells it once more to end
            asyncio.get_running_loop().call_later(LEFT_S, rest.cancel)
            raise value

    def _rest(self, step: Generator[Any, Any, T], yielded: Any) -> Generator[Any, Any, T]:
        resume: Callable[[Any], Any]
        try:
            resume, value = step.send, (yield yielded)
        except GeneratorExit:
            step.close()
            raise
        except BaseException as error:  # noqa: BLE001  # goes to whom it is meant for
            resume, value = step.throw, error
        return (yield from Steps._driven(_Plain(self), step, resume, value))


class _Plain(Steps[T]):
    """The same without hurry."""

    __slots__ = ()

    def __init__(self, other: Steps[T]) -> None:
        self._inner, self._slot, self._who = other._inner, other._slot, other._who


class _Rest(Awaitable[T]):
    def __init__(self, steps: Generator[Any, Any, T]) -> None:
        self._steps = steps

    def __await__(self) -> Generator[Any, Any, T]:
        return self._steps


async def _finished(rest: Awaitable[object]) -> None:
    with suppress(BaseException):  # NOTE: nobody asked for it any more
        await rest
