"""Ask all backends at once, and join what they answer in time.

    proxy = Parallel(None).merge(settings, [users, orders])
    (await proxy(request)).data         # the keys of both
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from functools import partial
from types import CoroutineType

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
from krakpy.proxy import Unfinished

log = logging.getLogger("krakpy.endpoint")

Call = asyncio.Future[Response]
Outcome = Response | BaseException
"""What became of a call."""


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
        return backends[0] if len(backends) == 1 else _Merge(settings, backends)


class _Merge:
    def __init__(self, settings: EndpointSettings, backends: Sequence[Proxy]) -> None:
        self._endpoint = f"{settings.method} {settings.endpoint}"
        self._timeout_s = settings.merge_timeout_s
        self._backends = tuple(backends)

    async def __call__(self, request: Request) -> Response:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timeout_s
        if request.deadline is None or deadline < request.deadline:
            request = request.replace(deadline=deadline)
        race = _Race(loop, len(self._backends), deadline)
        try:
            for backend in self._backends:
                race.enter(backend, request)
            landed = await race.over
        finally:
            await race.close()
        return self._joined(landed)

    def _joined(self, landed: Sequence[Outcome]) -> Response:
        responses, errors = _sorted_out(landed)
        errors += [Timeout("context deadline exceeded")] * (len(self._backends) - len(landed))
        if not responses:
            raise MergeError(tuple(errors))
        if not errors:
            return union(responses, is_complete=True)
        self._report(errors)
        return union(responses, is_complete=False).replace(errors=tuple(errors))

    def _report(self, errors: Sequence[KrakpyError]) -> None:
        event(
            log, logging.WARNING, "the answer is incomplete", endpoint=self._endpoint, backends=len(self._backends),
            failed=len(errors), errors=[without_query(error) for error in errors],
        )


class _Race:
    """Calls under way at the same time; `over` has what those that landed gave, in their order.

    It is over when all have landed, when one ends the request, or when the deadline comes.
    """

    __slots__ = ("_calls", "_landed", "_loop", "_size", "_timer", "over")

    def __init__(self, loop: asyncio.AbstractEventLoop, size: int, deadline: float) -> None:
        self.over: asyncio.Future[Sequence[Outcome]] = loop.create_future()
        self._loop = loop
        self._size = size
        self._calls: list[Call] = []
        self._landed: list[Outcome] = []
        self._timer = loop.call_at(deadline, self._end)

    def enter(self, backend: Proxy, request: Request) -> None:
        """Start one call; what ends the request is raised at once."""
        try:
            answer = backend(request)
        except KrakpyError as error:
            if ends_request(error):
                raise
            self._note(error)
        else:
            self._await(answer)

    def _await(self, answer: Awaitable[Response]) -> None:
        unfinished = None
        if isinstance(answer, Unfinished):
            unfinished, answer = answer, answer.answer
        call = self._started(answer)
        self._calls.append(call)
        call.add_done_callback(self._land if unfinished is None else partial(self._finish, unfinished))

    def _started(self, answer: Awaitable[Response]) -> Call:
        # PERF: a future needs no task, which saves 2 µs; a coroutine need not be asked what it is, which saves 0.7
        if isinstance(answer, CoroutineType):
            return self._loop.create_task(answer)
        return asyncio.ensure_future(answer)

    async def close(self) -> None:
        """Cancel the calls that have not landed, and wait until they have let go of their connections."""
        self._timer.cancel()
        late = [call for call in self._calls if not call.done()]
        if late:
            for call in late:
                call.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _finish(self, unfinished: Unfinished, call: Call) -> None:
        """Land what is made of an answer."""
        outcome = _outcome(call)
        if isinstance(outcome, Response):
            try:
                result = unfinished.finished(outcome)
            except Exception as error:  # noqa: BLE001  as if a task had raised it
                outcome = error
            else:
                if not isinstance(result, Response):
                    self._await(result)
                    return
                outcome = result
        self._note(outcome)

    def _land(self, call: Call) -> None:
        self._note(_outcome(call))

    def _note(self, outcome: Outcome) -> None:
        self._landed.append(outcome)
        if len(self._landed) == self._size or (isinstance(outcome, BaseException) and ends_request(outcome)):
            self._end()

    def _end(self) -> None:
        if not self.over.done():
            self.over.set_result(tuple(self._landed))


def _outcome(call: Call) -> Outcome:
    if call.cancelled():
        return Refused("the call was cancelled")
    return call.exception() or call.result()


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
