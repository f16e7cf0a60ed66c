"""Gets scripts what they wait for: bodies, and answers of other services; on the event loop, or for one in a thread."""
from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from krakpy_sdk import RejectedError, Timeout, UpstreamError

from krakpy_lua.calls import MAX_BODY_BYTES, Answer, Asked, CallError, call
from krakpy_lua.engine import Stopped
from krakpy_lua.exchange import REQUEST, Exchange, Made
from krakpy_lua.run import Run, Wanted

#: threads of one object in one worker: for scripts, and for the calls that scripts make
_SCRIPT_THREADS, _CALL_THREADS = 2, 16
#: how long past its time a script in a thread is waited for, in seconds: it looks at the clock itself
_GRACE_S = 0.25


class Fetching:
    """Goes on with runs that wait. Each object has threads of its own, so that one that hangs holds up no other."""

    def __init__(self, settings: Any) -> None:
        # NOTE: the settings that authors build in their tests say nothing of it
        self._max_bytes: int = getattr(settings, "max_kept_body", MAX_BODY_BYTES)
        self._timeout_s: float = settings.timeout_s
        self._agent = f"krakpy Version {_version()}"
        self._scripts: ThreadPoolExecutor | None = None
        self._calls: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """Let go of the threads; what runs in them ends by itself."""
        for pool in (self._scripts, self._calls):
            if pool is not None:
                pool.shutdown(wait=False, cancel_futures=True)
        self._scripts = self._calls = None

    async def drive(self, run: Run, steps: Iterator[Wanted], wanted: Wanted | None) -> None:
        """Get what is wanted first, and run the steps to their end on the event loop."""
        until = self._until(run)
        while wanted is not None:
            await self._fetch(wanted, run.exchange, until)
            wanted = next(steps, None)

    async def drive_in_thread(self, run: Run, steps: Iterator[Wanted]) -> None:
        """Run the steps to their end in a thread; Stopped if it is not in time."""
        loop = asyncio.get_running_loop()
        until = self._until(run)

        def work() -> None:
            for wanted in steps:
                fetched = asyncio.run_coroutine_threadsafe(self._fetch(wanted, run.exchange, until), loop)
                fetched.result(until + _GRACE_S - time.monotonic())

        if self._scripts is None:
            self._scripts = ThreadPoolExecutor(_SCRIPT_THREADS, "krakpy-lua-script", _step_back)
        try:
            await asyncio.wait_for(loop.run_in_executor(self._scripts, work), until + _GRACE_S - time.monotonic())
        except Stopped:
            raise  # the thread has ended
        except TimeoutError as error:
            run.engine.give_up()
            raise Stopped("time") from error
        except BaseException:
            # NOTE: who stops to wait does not stop the thread
            run.engine.give_up()
            raise

    def _until(self, run: Run) -> float:
        if run.until is not None:
            return run.until
        deadline = run.exchange.request.request.deadline
        return time.monotonic() + self._timeout_s if deadline is None else deadline

    async def _fetch(self, wanted: Wanted, exchange: Exchange, until: float) -> None:
        if wanted.call is not None:
            exchange.add_call(await self._made(wanted.call, until))
        elif wanted.body_of == REQUEST:
            view = exchange.request
            if view.request.stream is not None:
                view.was_read(await self._whole(view.request.stream, _too_large))
        elif exchange.response is not None and exchange.response.response.stream is not None:
            stream = exchange.response.response.stream
            exchange.response.was_read(await self._whole(stream, UpstreamError))

    async def _made(self, asked: Asked, until: float) -> Made:
        loop = asyncio.get_running_loop()
        if self._calls is None:
            self._calls = ThreadPoolExecutor(_CALL_THREADS, "krakpy-lua-call")
        left_s = max(until - time.monotonic(), 0.001)
        work = partial(call, asked, timeout_s=left_s, agent=self._agent, max_bytes=self._max_bytes)
        try:
            answer: Answer = await asyncio.wait_for(loop.run_in_executor(self._calls, work), left_s + _GRACE_S)
        except CallError as error:
            return Made(asked, None, str(error))
        except TimeoutError as error:
            raise Timeout("context deadline exceeded") from error
        return Made(asked, answer, "")

    async def _whole(self, stream: AsyncIterable[bytes], refuse: Any) -> bytes:
        pieces, room = [], self._max_bytes
        async for piece in stream:
            room -= len(piece)
            if room < 0:
                raise refuse(f"the body has more than {self._max_bytes} bytes")
            pieces.append(piece)
        return b"".join(pieces)


def _step_back() -> None:
    """Give the event loop precedence over this thread, where a thread can do that by itself (Linux).

    PERF: twelve scripts without end on two cores held the loop up for half a second at a time; now for 1 ms, mostly.
    """
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def _too_large(message: str) -> RejectedError:
    return RejectedError(message, status=413)  # RFC 9110 §15.5.14


def _version() -> str:
    try:
        return version("krakpy")
    except PackageNotFoundError:
        return version("krakpy-lua")
