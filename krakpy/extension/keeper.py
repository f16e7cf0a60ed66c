"""Keeps a host in one slot: starts it, replaces it when it ends, hangs, grows or is old, and says so on the board."""
from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from contextlib import suppress
from typing import Any

from krakpy.codes import Code
from krakpy.extension.board import Board, State
from krakpy.extension.host_output import Output
from krakpy.extension.host_process import HostProcess
from krakpy.extension.hosts import Hosts, HostSpec
from krakpy.extension.integrity import altered
from krakpy.logs import event

log = logging.getLogger("krakpy.hosts")

BACKOFF_FIRST_S, BACKOFF_MOST_S = 0.1, 30.0
#: longest time from the start of a host until it is ready
READY_WITHIN_S = 20.0
#: how long a host may take to answer a ping when a call of it is overdue
GRACE_S = 0.5
#: how long a host that leaves may take for the calls that it has
LEAVE_S = 10.0
#: how long a slot may be empty without being down: calls wait as long for the next host
SHORT_S = 0.5
#: how often age and memory are looked at
_LOOK_S = 1.0


class Keeper:
    """One slot; `run` lasts until `stop`."""

    def __init__(self, spec: HostSpec, slot: int, listener: int, hosts: Hosts, board: Board) -> None:
        self._spec = spec
        self._slot = slot
        self._listener = listener
        self._hosts = hosts
        self._board = board
        self._output = Output(spec)
        self._failures = 0
        self._was_ready = False
        self._starts = 0
        self._host: HostProcess | None = None
        self._leaving: dict[HostProcess, asyncio.Task[None]] = {}
        self._ready = asyncio.Event()
        self._over = asyncio.Event()
        self._has_served = False
        self._why = ""
        self._ready_at = 0.0
        self._pings = 0
        self._pongs = 0
        self._is_stopping = False

    async def run(self) -> None:
        """Keep a host here."""
        while not self._is_stopping:
            await self._one()
            pause_s = self._pause_s()
            if pause_s > SHORT_S:
                self._tell(State.DOWN)
            if not self._is_stopping:
                self._over.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._over.wait(), pause_s)
        await asyncio.gather(*self._leaving.values())

    def stop(self, within_s: float) -> None:
        """Let the host finish and go, and have no other."""
        self._is_stopping = True
        self._let_go(within_s)
        self._over.set()

    def doubt(self, *, is_certain: bool) -> None:
        """A worker says that a call is overdue, or (`is_certain`) that what came back is no answer."""
        if self._host is None or not self._ready.is_set():
            return
        if is_certain:
            self._end("it does not speak the protocol")
        elif self._pings == self._pongs:
            self._pings += 1
            self._host.ping(self._pings)
            asyncio.get_running_loop().call_later(GRACE_S, self._judge, self._host, self._pings)

    def _judge(self, host: HostProcess, number: int) -> None:
        if host is self._host and self._pongs < number:
            self._end(f"a call is overdue, and the host did not answer within {GRACE_S:g} s")

    def _end(self, why: str) -> None:
        self._why = why
        if self._host is not None:
            self._host.kill()

    async def _one(self) -> None:
        """The life of one host, from its start to its end or to the start of its successor."""
        self._ready.clear()
        self._over.clear()
        self._has_served, self._why, self._pings, self._pongs = False, "", 0, 0
        # SECURITY: days may have passed since the lock was compared
        change = await asyncio.to_thread(altered, self._spec.pins) if self._spec.pins else ""
        if change:
            self._failed(Code.ALTERED, f"is not imported: {change}")
            self._failures += 1
            return
        host = self._host = HostProcess(self._spec, self._output, self._heard, inside=self._hosts.folder)
        self._starts += 1
        started = time.monotonic()
        try:
            await host.start(self._listener)
        except OSError as error:
            self._host = None
            self._failed(Code.SETUP, f"cannot be started: {error}")
            self._failures += 1
            return
        if self._is_stopping:
            host.kill()
        ending = asyncio.ensure_future(host.ended())
        watching = asyncio.ensure_future(self._watch())
        await asyncio.wait([ending, watching], return_when=asyncio.FIRST_COMPLETED)
        if ending.done():
            watching.cancel()
            self._ended(host, ending.result(), time.monotonic() - started)
        else:
            # NOTE: from here on it is the successor's readiness that counts
            self._ready.clear()
            self._leaving[host] = asyncio.ensure_future(self._farewell(host, ending))

    async def _watch(self) -> None:
        """Kill a host that does not become ready; return when one that did has to go."""
        try:
            await asyncio.wait_for(self._ready.wait(), READY_WITHIN_S)
        except TimeoutError:
            self._end(f"it was not ready within {READY_WITHIN_S:g} s")
        recycle = self._spec.recycle
        while not self._over.is_set():
            try:
                await asyncio.wait_for(self._over.wait(), _LOOK_S)
            except TimeoutError:
                self._look(recycle.age, recycle.memory_mb)

    def _look(self, age_s: float, memory_mb: int) -> None:
        if not self._ready.is_set() or self._host is None:
            return
        if age_s and time.monotonic() - self._ready_at >= age_s:
            self._retire(f"its age of {age_s:g} s")
        elif memory_mb and (size := self._host.resident_mb()) >= memory_mb:
            self._retire(f"its memory of {size:.0f} MiB")

    def _retire(self, why: str) -> None:
        event(log, logging.INFO, f"host is replaced because of {why}", **self._who())
        self._over.set()

    async def _farewell(self, host: HostProcess, ending: asyncio.Future[int]) -> None:
        """Let a host go when its successor is there, or cannot be."""
        if not self._is_stopping:
            try:
                await asyncio.wait_for(self._ready.wait(), READY_WITHIN_S)
            except TimeoutError:
                pass
            host.leave(LEAVE_S)
        await asyncio.wait([ending], timeout=LEAVE_S + GRACE_S)
        host.kill()
        await ending
        self._leaving.pop(host, None)

    def _let_go(self, within_s: float) -> None:
        host = self._host
        if host is None:
            return
        host.leave(within_s)
        asyncio.get_running_loop().call_later(within_s + GRACE_S, host.kill)

    def _heard(self, host: HostProcess, kind: str, value: Any) -> None:
        if host is not self._host:
            return
        if kind == "ready":
            self._is_ready(value)
        elif kind == "served":
            self._has_served = True
        elif kind == "pong":
            self._pongs = max(self._pongs, int(value))
        elif kind in ("retire", "stuck"):
            self._retire(str(value))
        elif kind == "unusable":
            self._failed(_code(value.get("code")), str(value.get("text")))

    def _is_ready(self, value: Any) -> None:
        self._ready_at = time.monotonic()
        self._tell(State.READY)
        self._ready.set()
        event(log, logging.INFO, "host ready", **self._who(), restarts=self._starts - 1)
        for place, (code, text) in value.get("problems", {}).items():
            self._problem(_code(code), place, text)

    def _failed(self, code: Code, text: str) -> None:
        self._why = text
        self._note(code, text)
        self._problem(code, self._spec.places[0], text)

    def _note(self, code: Code, text: str) -> None:
        """Leave word for the workers, who have to say why nobody is there."""
        path = self._hosts.reason(self._slot)
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            file.write(f"{code.name} {text}")
        # NOTE: whoever reads it at this moment reads all of the one or of the other
        os.replace(f"{path}.new", path)

    def _problem(self, code: Code, place: str, text: str) -> None:
        spec = self._spec
        event(
            log, logging.ERROR, f"{spec.distribution} {spec.version} ({spec.name}) {text}", code=code.id, place=place,
            distribution=spec.distribution, extension=spec.id, instance=spec.name,
            remedy=f"krakpy ext show {spec.id}; {code.remedy}",
        )  # fmt: skip

    def _ended(self, host: HostProcess, status: int, uptime_s: float) -> None:
        self._host = None
        was_useful = self._ready.is_set() and self._has_served
        self._failures = 0 if was_useful or self._is_stopping else self._failures + 1
        self._was_ready = self._ready.is_set()
        end = _end(status)
        if not self._why:
            self._note(Code.HOST_DOWN, f"its last host {end}")
        self._tell(State.EXPECTED if self._was_ready else State.DOWN)
        event(
            log, logging.INFO if self._is_stopping else logging.ERROR, "host ended", **self._who(host.pid),
            exit_code=status if status >= 0 else None, signal=_signal(-status) if status < 0 else None,
            uptime_s=round(uptime_s, 3), why=self._why or None,
            replaced_in_s=None if self._is_stopping else self._pause_s(),
        )  # fmt: skip

    def _pause_s(self) -> float:
        """How long the slot stays empty: not at all after a host that was of use, nor after the first that was not."""
        failures = self._failures - self._was_ready
        return min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2.0 ** min(failures - 1, 30)) if failures > 0 else 0.0

    def _tell(self, state: State) -> None:
        self._board.write(self._slot, state, pid=self._host.pid if self._host else 0, restarts=max(0, self._starts - 1))

    def _who(self, pid: int = 0) -> dict[str, Any]:
        spec = self._spec
        return {
            "distribution": spec.distribution, "extension": spec.id, "instance": spec.name, "slot": self._slot,
            "pid": pid or (self._host.pid if self._host else os.getpid()),
        }  # fmt: skip


def _code(name: object) -> Code:
    return Code[name] if isinstance(name, str) and name in Code.__members__ else Code.SETUP


def _end(status: int) -> str:
    return f"was ended by {_signal(-status)}" if status < 0 else f"ended with exit status {status}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # NOTE: realtime signals have no name
        return f"signal {number}"
