"""The lifespan of an application (ASGI), from the side of the server.

    lifespan = Lifespan(app, state)
    await lifespan.start()      # StartupError if the application will not serve
    await lifespan.stop()
"""
from __future__ import annotations

import asyncio
from typing import Any

from krakpy_sdk import ASGIApp
from krakpy_sdk.seats import Message


class StartupError(Exception):
    """The application does not start."""


class Lifespan:
    """One application, from its start to its end."""

    def __init__(self, app: ASGIApp, state: dict[str, Any]) -> None:
        self._app = app
        self._scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": state}
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._answers: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Future[Any] | None = None

    async def start(self) -> None:
        """Have it start; StartupError, with its own error as the cause, if it does not."""
        self._task = asyncio.ensure_future(self._app(self._scope, self._events.get, self._answers.put))
        answer = await self._after("lifespan.startup")
        if answer is None:
            raise StartupError("the application ended before it had started")
        if answer["type"] != "lifespan.startup.complete":
            raise StartupError(f"the application does not start: {answer.get('message', '')}")

    async def stop(self) -> None:
        """Have it end; returns when it has, whatever it says."""
        if self._task is not None and not self._task.done():
            await self._after("lifespan.shutdown")

    async def _after(self, event: str) -> Message | None:
        """What it says to that; None if it ends without a word. Raises what it raises."""
        assert self._task is not None
        await self._events.put({"type": event})
        answer = asyncio.ensure_future(self._answers.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        answer.cancel()
        self._task.result()
        return None
