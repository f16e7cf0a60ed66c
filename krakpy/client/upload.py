"""Sends a body that comes in pieces, no faster than the connection takes it."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable

#: a body up to this size is joined to its head, so that both leave in one segment
_JOINED_BYTES = 64 * 1024


def write_whole(head: bytes, body: bytes, write: Callable[[bytes], None]) -> None:
    """Sends a request whose body is there."""
    if len(body) <= _JOINED_BYTES:
        write(head + body)
    else:
        write(head)
        write(body)


class Upload:
    """A task that writes the pieces as they come.

    `on_end` is told when all of them are written and the connection would take more, `on_failure` when their source
    fails, and neither when the upload was cancelled.
    """

    __slots__ = ("_loop", "_on_end", "_on_failure", "_pieces", "_task", "_turn", "_write")

    def __init__(
        self,
        pieces: AsyncIterable[bytes],
        write: Callable[[bytes], None],
        on_end: Callable[[], None],
        on_failure: Callable[[BaseException], None],
        *,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._pieces = pieces
        self._write = write
        self._on_end = on_end
        self._on_failure = on_failure
        self._loop = loop
        self._turn: asyncio.Future[None] | None = None
        self._task = loop.create_task(self._run())
        self._task.add_done_callback(self._ended)

    @property
    def is_done(self) -> bool:
        """Whether every piece is written."""
        return self._task.done() and not self._task.cancelled() and self._task.exception() is None

    def pause(self) -> None:
        """The connection takes no more for the moment."""
        if self._turn is None:
            self._turn = self._loop.create_future()

    def hold(self, at_most_s: float) -> None:
        """Does not ask for the first piece before `resume`, or until this long has passed (RFC 9110 §10.1.1)."""
        self.pause()
        self._loop.call_later(at_most_s, self.resume)

    def resume(self) -> None:
        """The connection takes more again."""
        turn, self._turn = self._turn, None
        if turn is not None and not turn.done():
            turn.set_result(None)

    def cancel(self) -> None:
        """Stops, whatever is left."""
        self._task.cancel()

    async def _run(self) -> None:
        if self._turn is not None:
            await self._turn
        async for piece in self._pieces:
            if self._turn is not None:
                await self._turn
            self._write(piece)
        if self._turn is not None:
            await self._turn
        self._on_end()

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._on_failure(error)
