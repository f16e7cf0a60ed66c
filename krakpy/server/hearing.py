"""What an exchange hears of its client: the body of the request, and that the client leaves.

    message = await exchange.receive()      # what ASGI gives for it
    exchange.wake()                         # something has come
    exchange.leave()                        # nothing will any more
"""
from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from inspect import CORO_CREATED, getcoroutinestate
from typing import Any

from krakpy_sdk.seats import Message

from krakpy.direct import Cancellable
from krakpy.proxy import end
from krakpy.server.intake import Intake
from krakpy.server.service import Service
from krakpy.server.wire import Wire

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Hearing:
    """The half of an exchange that hears.

    PERF: the other half sets all of this itself, when it begins: a call less for each request.
    """

    __slots__ = (
        "_awaited", "_has_ended", "_readers", "_service", "_wire", "_work", "intake", "is_answered", "is_gone", "task",
    )  # fmt: skip

    _wire: Wire
    _service: Service
    #: whether the end of the body was given
    _has_ended: bool
    #: who waits for something to come
    _readers: list[asyncio.Future[None]] | None
    #: what ends when the client leaves
    _awaited: Cancellable | None
    _work: Coroutine[Any, Any, None] | None
    intake: Intake | None
    """The request's body, if it has one."""
    is_answered: bool
    is_gone: bool
    """Whether the client has left."""
    task: asyncio.Task[None] | None

    def waits_for(self, future: Cancellable | None) -> None:
        """Cancel this when the client leaves."""
        self._awaited = future

    async def receive(self) -> Message:
        """The next piece of the request's body, or that the client has left or has its answer."""
        while not (self.is_gone or self.is_answered):
            intake = self.intake
            if intake is None or (intake.is_complete and not intake.held):
                if not self._has_ended:
                    self._has_ended = True
                    return {"type": "http.request", "body": b"", "more_body": False}
            elif intake.held:
                return self._taken(intake)
            elif intake.expects:
                intake.expects = False
                intake.since = self._service.now
                self._wire.write(_CONTINUE)
                self._wire.resume()
            await self._news()
        return {"type": "http.disconnect"}

    def _taken(self, intake: Intake) -> Message:
        body = intake.take()
        self._has_ended = intake.is_complete
        self._wire.resume()
        return {"type": "http.request", "body": body, "more_body": not self._has_ended}

    async def _news(self) -> None:
        """Wait until something has come of the client."""
        reader: asyncio.Future[None] = self._service.loop.create_future()
        self._readers = [*(self._readers or ()), reader]
        await reader

    def wake(self) -> bool:
        """Tell who waits in `receive` that there is something new, and whether somebody waits."""
        readers, self._readers = self._readers, None
        for reader in readers or ():
            if not reader.done():
                reader.set_result(None)
        return bool(readers)

    def leave(self) -> None:
        """The client has gone. Who waits in `receive` is told, and has a moment to end by itself; others end now."""
        self.is_gone = True
        awaited, self._awaited = self._awaited, None
        if awaited is not None:
            awaited.cancel()
        if self.wake():
            self._service.soon(self._cancel)
        else:
            self._cancel()

    def _cancel(self) -> None:
        # NOTE: a second cancellation would break off what the first one has set going
        if self.task is None or self.task.done() or self.task.cancelling():
            return
        if self._work is None or getcoroutinestate(self._work) != CORO_CREATED:
            end(self.task)
        else:
            # NOTE: nobody has seen the request, and nobody will
            self.task.cancel()
            self._work.close()
