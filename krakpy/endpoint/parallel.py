"""Ask all backends at once, and join what they answer in time.

    proxy = Parallel(None).merge(settings, [users, orders])
    (await proxy(request)).data         # the keys of both
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from types import CoroutineType
from typing import Any

from krakpy_sdk import (
    EndpointSettings,
    KrakpyError,
    MergeError,
    Merger,
    Proxy,
    Refused,
    Request,
    Response,
    Timeout,
)

from krakpy.endpoint.joining import ends_request, union, without_query
from krakpy.logs import event
from krakpy.proxy import Promise, awaited, end, fulfilled, tell

log = logging.getLogger("krakpy.endpoint")

Call = asyncio.Future[Response]
Outcome = Response | Exception
"""What became of a call."""
Join = Callable[[Sequence[Outcome]], Response]
"""Makes one answer of what has landed."""


class Parallel:
    """Makes a proxy that asks its backends at the same time, for at most `merge_timeout_s` (KrakenD: parallel merge).

    The documents are joined key by key in the order in which they arrive; the later one wins, and nested objects are
    replaced whole. A part that is missing, failed, incomplete or null makes the answer incomplete; its error is logged.
    MergeError when there is no answer at all. What a client did (RejectedError) and what a hook answered (Replied) end
    the request at once.
    """

    paths = ()

    def __init__(self, config: object) -> None:
        pass

    def merge(self, settings: EndpointSettings, backends: Sequence[Proxy]) -> Proxy:
        """The proxy of them all; a single backend is its own."""
        return backends[0] if len(backends) == 1 else Merge(settings, backends)


class Merge:
    """Asks these backends."""

    def __init__(self, settings: EndpointSettings, backends: Sequence[Proxy]) -> None:
        self.backends = tuple(backends)
        self._endpoint = f"{settings.method} {settings.endpoint}"
        self._timeout_s = settings.merge_timeout_s

    def __call__(self, request: Request) -> Awaitable[Response]:
        request = request.replace(deadline=self.until(request.deadline))
        return self.race([partial(backend, request) for backend in self.backends])

    def until(self, deadline: float | None) -> float:
        """When the calls of a request that begins now, and has this deadline itself, have to be over."""
        own = asyncio.get_running_loop().time() + self._timeout_s
        return own if deadline is None or own < deadline else deadline

    def race(self, calls: Sequence[Callable[[], Awaitable[Response]]]) -> Awaitable[Response]:
        """What these calls give, joined."""
        loop = asyncio.get_running_loop()
        race = _Race(self._joined, len(calls), loop=loop)
        race.run(calls, loop.time() + self._timeout_s)
        return race

    def _joined(self, landed: Sequence[Outcome]) -> Response:
        responses, errors = _sorted_out(landed)
        errors += [Timeout("context deadline exceeded")] * (len(self.backends) - len(landed))
        if not responses:
            raise MergeError(tuple(errors))
        if not errors:
            return union(responses, is_complete=True)
        self._report(errors)
        return union(responses, is_complete=False).replace(errors=tuple(errors))

    def _report(self, errors: Sequence[KrakpyError]) -> None:
        event(
            log, logging.WARNING, "the answer is incomplete", endpoint=self._endpoint, backends=len(self.backends),
            failed=len(errors), errors=[without_query(error) for error in errors],
        )


class _Race(Promise[Response]):
    """Calls under way at the same time, and the answer that is joined of what they give, in the order of its coming.

    It is over when all have landed, when one ends the request, or when the deadline comes. Those that have not landed
    are cancelled then, and there is no answer before they have let go of their connections.
    """

    __slots__ = ("_calls", "_is_over", "_join", "_landed", "_size", "_timer")

    def __init__(self, join: Join, size: int, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self.listener = None
        self._join = join
        self._size = size
        self._calls: list[Call] = []
        self._landed: list[Outcome] = []
        self._is_over = False
        self._timer: asyncio.TimerHandle | None = None

    def run(self, calls: Sequence[Callable[[], Awaitable[Response]]], deadline: float) -> None:
        """Start them, as long as nothing ends the request."""
        for call in calls:
            if self._is_over:
                return
            try:
                answer = call()
            except Exception as error:  # noqa: BLE001  as if a task had raised it
                self._note(error)
            else:
                self._await(answer)
        if not self._is_over:
            self._timer = self.get_loop().call_at(deadline, self._end)

    def cancel(self, msg: Any | None = None) -> bool:
        """Gives up, and every call with it."""
        if not self.done():
            self._is_over = True
            self._stop()
        return super().cancel(msg)

    def _await(self, answer: Awaitable[Response]) -> None:
        call = awaited(answer)
        if call is None:
            answer = call = self._started(answer)
        self._calls.append(call)
        # PERF: who waits for a future and nothing else needs no task, and hardly ever a turn of the loop: 3 µs
        tell(call, partial(self._land, answer))

    def _started(self, answer: Awaitable[Response]) -> Call:
        # PERF: a coroutine need not be asked what it is, which saves 0.7 µs
        return self.get_loop().create_task(answer if isinstance(answer, CoroutineType) else _waited(answer))

    def _land(self, answer: Awaitable[Response], call: Call) -> None:
        """Note what is made of an answer."""
        if call.cancelled():
            self._note(Refused("the call was cancelled"))
            return
        if self._is_over:
            call.exception()  # which is seen by that, and interests nobody
            return
        try:
            result = fulfilled(answer, call)
        except Exception as error:  # noqa: BLE001  as if a task had raised it
            self._note(error)
            return
        if isinstance(result, Response):
            self._note(result)
        else:
            self._await(result)

    def _note(self, outcome: Outcome) -> None:
        if self._is_over:
            return
        if isinstance(outcome, KrakpyError):
            # NOTE: its frames hold the call that holds it, and such circles are the collector's work
            outcome.__traceback__ = None
        self._landed.append(outcome)
        if len(self._landed) == self._size or (isinstance(outcome, Exception) and ends_request(outcome)):
            self._end()

    def _end(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        late = self._stop()
        if late:
            asyncio.gather(*late, return_exceptions=True).add_done_callback(self._settle)
        else:
            self._settle()

    def _stop(self) -> list[Call]:
        """Cancel the calls that have not landed; those among them that take time to end."""
        if self._timer is not None:
            self._timer.cancel()
        late = [call for call in self._calls if not call.done()]
        for call in late:
            end(call)
        return [call for call in late if not call.done()]

    def _settle(self, _: object = None) -> None:
        if self.done():
            return
        try:
            response = self._join(self._landed)
        except Exception as error:  # noqa: BLE001  it is whoever awaits the answer that has to know
            self.set_exception(error)
        else:
            self.set_result(response)


async def _waited(answer: Awaitable[Response]) -> Response:
    return await answer


def _sorted_out(landed: Sequence[Outcome]) -> tuple[list[Response], list[KrakpyError]]:
    responses: list[Response] = []
    errors: list[KrakpyError] = []
    for outcome in landed:
        if isinstance(outcome, Response):
            responses.append(outcome)
        elif isinstance(outcome, KrakpyError) and not ends_request(outcome):
            errors.append(outcome)
        else:
            raise outcome
    return responses, errors


_guard: type[Merger] = Parallel
