"""Serves the calls of gateways' workers over a unix socket: frames in, hooks called, frames out.

`async def` hooks run at once on the event loop. `def` hooks run one after the other on its thread, as they do in a
worker, or in as many threads as the operator's `concurrency` says.
"""
from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from krakpy_sdk.actions import ContractError
from krakpy_sdk.blame import place_of, said
from krakpy_sdk.calling import is_meant
from krakpy_sdk.connections import Connection
from krakpy_sdk.errors import RejectedError
from krakpy_sdk.frames import WIRE, FrameError
from krakpy_sdk.guests import Call, Guest
from krakpy_sdk.messages import Request, Response
from krakpy_sdk.records import TRACE
from krakpy_sdk.wire import (
    BREACH,
    DOWN,
    MEANT,
    RAISED,
    Fields,
    error_fields,
    request_of,
    response_of,
    result_fields,
)

#: how long after its deadline a call may take to come back, before its host is replaced
GRACE_S = 0.5
_SWEEP_S = 0.05

Report = Callable[..., None]

class Asked(NamedTuple):
    """One call, as it came."""

    connection: Connection
    id: int
    call: Call
    deadline: float
    request: Request
    response: Response | None


class Hosting:
    """All calls of one host; `report` tells the supervisor what it has to know."""

    def __init__(self, guests: Sequence[Guest], *, threads: int = 1, retire_after: int = 0, report: Report) -> None:
        self._guests = guests
        self._threads = ThreadPoolExecutor(threads, "hook") if threads > 1 else None
        self._report = report
        self._running: dict[asyncio.Task[None], float] = {}
        self._is_sweeping = False
        self._connections: set[Connection] = set()
        self._listening: list[asyncio.Server] = []
        self._answers = 0
        self._retire_after = retire_after
        self._is_stuck = False
        self._left = asyncio.Event()
        self._pid = os.getpid()
        self.is_serial = self._threads is None and not any(
            call.is_async for guest in guests for call in guest.calls.values()
        )
        """Whether no call begins before the one before it has ended."""

    async def listen(self, listener: socket.socket) -> None:
        """Accept connections from a socket that somebody else has bound."""
        loop = asyncio.get_running_loop()
        # NOTE: from Python 3.13 on `create_unix_server` removes the path at its end, and a successor listens there too
        self._listening.append(await loop.create_server(lambda: Connection(self), sock=listener))

    async def leave(self, within_s: float) -> None:
        """Accept no more, ask the workers to go elsewhere, and wait until they have."""
        for server in self._listening:
            server.close()
        for connection in list(self._connections):
            connection.send(["leave"])
        if self._connections:
            try:
                await asyncio.wait_for(self._left.wait(), within_s)
            except TimeoutError:
                pass

    def hello(self) -> Fields:
        """What a host says first on every connection."""
        problems = [None if guest.problem is None else guest.problem.code for guest in self._guests]
        return ["hello", WIRE, {"pid": os.getpid(), "serial": self.is_serial, "problems": problems}]

    def opened(self, connection: Connection) -> None:
        """Note a connection."""
        self._connections.add(connection)

    def closed(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)
        if not self._connections:
            self._left.set()

    def take(self, connection: Connection, header: bytes, body: bytes) -> None:
        """Begin a call, or let it wait for the one that runs."""
        id, index, hook, deadline, trace, request, response = json.loads(header)
        guest = self._guests[index]
        call = guest.calls.get(hook)
        if call is None:
            problem = guest.problem
            text = f"{guest.name} has no {hook}" if problem is None else str(problem)
            connection.send([id, DOWN, "SETUP" if problem is None else problem.code, text])
            return
        TRACE.set(trace)
        asked = Asked(
            connection, id, call, deadline, request_of(request, b"" if response else body) if request else Request(),
            response_of(response, body) if response else None,
        )  # fmt: skip
        if call.is_async:
            self._follow(asked, _task(self._awaited(asked)))
        elif self._threads is not None:
            self._follow(asked, _task(self._threaded(asked, self._threads)))
        else:
            self._run(asked)

    def _run(self, asked: Asked) -> None:
        # NOTE: whoever asked has given up at the deadline, and has answered for it
        if time.monotonic() >= asked.deadline:
            asked.connection.send([asked.id])
            return
        call = asked.call
        try:
            result = call.checked(call.invoke(asked.request, asked.response))
        except BaseException as error:  # noqa: BLE001  # whatever a hook raises is an outcome of this call alone
            self._failed(asked, error)
        else:
            self._answer(asked, result)

    async def _awaited(self, asked: Asked) -> None:
        try:
            result = asked.call.checked(await asked.call.invoke(asked.request, asked.response))
        except BaseException as error:  # noqa: BLE001  # see _run
            task = asyncio.current_task()
            if not (isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling()):
                self._failed(asked, error)
        else:
            self._answer(asked, result)
        finally:
            self._ended()

    async def _threaded(self, asked: Asked, threads: ThreadPoolExecutor) -> None:
        try:
            result = await asyncio.get_running_loop().run_in_executor(threads, _in_thread, asked)
        except BaseException as error:  # noqa: BLE001  # see _run
            self._failed(asked, error)
        else:
            self._answer(asked, result)
        finally:
            self._ended()

    def _follow(self, asked: Asked, running: asyncio.Task[None]) -> None:
        """Keep an eye on a call that does not hold the loop."""
        if running.done():
            return
        self._running[running] = asked.deadline
        if not self._is_sweeping:
            self._is_sweeping = True
            asyncio.get_running_loop().call_later(_SWEEP_S, self._sweep)

    def _ended(self) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._running.pop(task, None)

    def _sweep(self) -> None:
        """Cancel what is past its deadline; who does not end of that is told to the supervisor."""
        now = time.monotonic()
        for running, deadline in list(self._running.items()):
            if now >= deadline:
                running.cancel()
            if now >= deadline + GRACE_S and not self._is_stuck:
                self._is_stuck = True
                self._report(stuck=f"a call did not end within {GRACE_S:g} s of its timeout")
        self._is_sweeping = bool(self._running)
        if self._is_sweeping:
            asyncio.get_running_loop().call_later(_SWEEP_S, self._sweep)

    def _answer(self, asked: Asked, result: Any) -> None:
        self._end_forked()
        try:
            fields, body = result_fields(result)
            asked.connection.send([asked.id, *fields], body)
        except (FrameError, TypeError, ValueError, RecursionError) as error:
            self._failed(asked, ContractError(f"{asked.call.name} gave what cannot be sent: {said(error)}"))
            return
        self._count()

    def _end_forked(self) -> None:
        """End a copy of this process that an extension has made: it must not answer too, nor read what comes."""
        if os.getpid() != self._pid:
            os._exit(0)

    def _failed(self, asked: Asked, error: BaseException) -> None:
        self._end_forked()
        try:
            asked.connection.send([asked.id, *_outcome(asked.call.name, error)])
        except (TypeError, ValueError, RecursionError) as odd:
            text = f"ContractError: an error that cannot be sent: {said(odd)}"
            asked.connection.send([asked.id, BREACH, "ContractError", text, ""])
        self._count()

    def _count(self) -> None:
        self._answers += 1
        if self._answers == 1:
            self._report(served=True)
        if self._answers == self._retire_after:
            self._report(retire=f"{self._answers} calls")


def _in_thread(asked: Asked) -> Any:
    if time.monotonic() >= asked.deadline:
        return None
    try:
        return asked.call.checked(asked.call.invoke(asked.request, asked.response))
    except StopIteration as error:  # NOTE: no future takes one
        raise RuntimeError(said(error)) from error


def _outcome(hook: str, error: BaseException) -> Fields:
    if hook != "log" and is_meant(error):
        return [MEANT, error_fields(error)]
    kind = BREACH if isinstance(error, ContractError | RejectedError) else RAISED
    return [kind, type(error).__name__, said(error), place_of(error)]


if sys.version_info >= (3, 12):

    def _task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        # PERF: what does not wait is done at once, without a turn of the loop
        return asyncio.Task(work, loop=asyncio.get_running_loop(), eager_start=True)
else:

    def _task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(work)
