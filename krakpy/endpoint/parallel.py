"""Ask all backends at once, and join what they answer in time.

    proxy = Parallel(None).merge(settings, [users, orders])
    (await proxy(request)).data         # the keys of both
"""
from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from typing import Any

from krakpy_sdk import (
    EndpointSettings,
    KrakpyError,
    MergeError,
    Merger,
    Proxy,
    Refused,
    RejectedError,
    Request,
    Response,
    Timeout,
)

from krakpy.errors import Replied
from krakpy.logs import event

log = logging.getLogger("krakpy.endpoint")

Call = asyncio.Future[Response]


class Parallel:
    """Makes a proxy that asks its backends at the same time, for at most `merge_timeout_s` (KrakenD: parallel merge).

    The documents are joined key by key in the order in which they arrive; the later one wins, and nested objects are
    replaced whole. A part that is missing, failed, incomplete or null makes the answer incomplete; its error is logged.
    MergeError when there is no answer at all. What a client did (RejectedError) and what a hook answered (Replied) end
    the request at once.
    """

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

    def _joined(self, landed: Sequence[Call]) -> Response:
        responses, errors = _sorted_out(landed)
        errors += [Timeout("context deadline exceeded")] * (len(self._backends) - len(landed))
        if not responses:
            raise MergeError(tuple(errors))
        if errors:
            self._report(errors)
        return _union(responses, is_complete=not errors)

    def _report(self, errors: Sequence[KrakpyError]) -> None:
        event(
            log, logging.WARNING, "the answer is incomplete", endpoint=self._endpoint, backends=len(self._backends),
            failed=len(errors), errors=[_without_query(error) for error in errors],
        )


class _Race:
    """Calls under way at the same time; `over` has those that landed, in their order.

    It is over when all have landed, when one ends the request, or when the deadline comes.
    """

    __slots__ = ("_calls", "_landed", "_loop", "_size", "_timer", "over")

    def __init__(self, loop: asyncio.AbstractEventLoop, size: int, deadline: float) -> None:
        self.over: asyncio.Future[tuple[Call, ...]] = loop.create_future()
        self._loop = loop
        self._size = size
        self._calls: list[Call] = []
        self._landed: list[Call] = []
        self._timer = loop.call_at(deadline, self._end)

    def enter(self, backend: Proxy, request: Request) -> None:
        """Start one call; what ends the request is raised at once."""
        try:
            # PERF: a future stays what it is, and needs no task
            call: Call = asyncio.ensure_future(backend(request))
        except KrakpyError as error:
            if _ends_request(error):
                raise
            call = self._loop.create_future()
            call.set_exception(error)
        call.add_done_callback(self._land)
        self._calls.append(call)

    async def close(self) -> None:
        """Cancel the calls that have not landed, and wait until they have let go of their connections."""
        self._timer.cancel()
        late = [call for call in self._calls if not call.done()]
        if late:
            for call in late:
                call.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _land(self, call: Call) -> None:
        self._landed.append(call)
        if (not call.cancelled() and _ends_request(call.exception())) or len(self._landed) == self._size:
            self._end()

    def _end(self) -> None:
        if not self.over.done():
            self.over.set_result(tuple(self._landed))


def _ends_request(error: BaseException | None) -> bool:
    """Whether an error is more than the failure of one backend: the client's doing, a hook's answer, or a defect."""
    return error is not None and (isinstance(error, RejectedError | Replied) or not isinstance(error, KrakpyError))


def _sorted_out(landed: Sequence[Call]) -> tuple[list[Response], list[KrakpyError]]:
    responses: list[Response] = []
    errors: list[KrakpyError] = []
    for call in landed:
        error = Refused("the call was cancelled") if call.cancelled() else call.exception()
        if error is None:
            responses.append(call.result())
        elif isinstance(error, KrakpyError) and not _ends_request(error):
            errors.append(error)
        else:
            raise error
    return responses, errors


def _union(responses: Sequence[Response], *, is_complete: bool) -> Response:
    """One response of all; an only one keeps its header fields (KrakenD: the combiner drops them)."""
    if len(responses) == 1:
        return responses[0].replace(data=_part(responses[0]), body=None, stream=None, is_complete=False)
    document: dict[str, Any] = {}
    for response in responses:
        part = _part(response)
        is_complete = is_complete and response.is_complete and part is not None
        document.update(part or {})
    return Response(data=document, is_complete=is_complete)


def _part(response: Response) -> dict[str, Any] | None:
    """What a response adds: a raw one (`no-op`) adds nothing and lacks nothing, null is a lack (KrakenD: the same)."""
    if response.data is None and (response.body is not None or response.stream is not None):
        return {}
    return response.data


def _without_query(error: KrakpyError) -> str:
    # SECURITY: what clients send in a query may be secret
    return re.sub(r"\?[^\s\]]+", "?…", str(error))


_guard: type[Merger] = Parallel
