"""The calls of one instance that are on their way to its hosts: sent, answered, repeated, given up.

    calls = Calls(slots, is_safe=False, timeout_s=1.0, tell=…)
    calls.open()
    result = await calls.ask(0, "endpoint_request", request, None, "")
"""
from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Iterator

import msgspec
from krakpy_sdk import ContractError, Patch, Reply, Request, Response
from krakpy_sdk.frames import FrameError, framed
from krakpy_sdk.wire import BREACH, DOWN, MEANT, RAISED, error_of, request_fields, response_fields, result_of

from krakpy.codes import Code
from krakpy.extension.guard import Overrun
from krakpy.extension.link import Fields, Link
from krakpy.extension.remote_errors import HostDied, HostDown, Told, ToldBreach
from krakpy.extension.slots import Slot

#: calls of one instance that one worker may have on their way; more are refused
MAX_CALLS = 1024
#: bytes that they may hold together
MAX_BYTES = 64 * 1024 * 1024
#: hosts that one call may kill, and those that may end before they come to it
MAX_DEATHS, MAX_MOVES = 2, 5

#: how often calls that wait for a host look whether one is expected: the board makes no sound
_LOOK_S = 0.05

_encode = msgspec.json.Encoder().encode

Result = Patch | Reply | None


class _Call:
    """One call, from its question to its outcome."""

    __slots__ = ("deadline", "deaths", "frame", "future", "id", "link", "moves")

    def __init__(self, id: int, frame: bytes, deadline: float, future: asyncio.Future[Result]) -> None:
        self.id = id
        self.frame = frame
        self.deadline = deadline
        self.future = future
        self.link: Link | None = None
        """Where it was sent; None while it waits for a host."""
        self.deaths = 0
        self.moves = 0


class Calls:
    """Asks the hosts of one instance; the least busy of them first. All on one event loop."""

    def __init__(
        self, slots: Iterable[Slot], *, is_safe: bool, timeout_s: float, tell: Callable[[str, Iterable[Slot]], None]
    ) -> None:
        self._slots = tuple(slots)
        self._is_safe = is_safe
        self._timeout_s = timeout_s
        self._tell = tell
        self._calls: dict[int, _Call] = {}
        self._bytes = 0
        self._last = 0
        self._timer: asyncio.TimerHandle | None = None
        self._is_looking = False
        self._loop: asyncio.AbstractEventLoop | None = None
        for slot in self._slots:
            slot.on_ready, slot.on_answer, slot.on_lost = self._ready, self._answered, self._lost

    def open(self) -> None:
        """Connect to every host."""
        self._loop = asyncio.get_running_loop()
        for slot in self._slots:
            slot.open()

    def close(self) -> None:
        """Disconnect; what is on its way fails."""
        if self._timer is not None:
            self._timer.cancel()
        for slot in self._slots:
            slot.close()
        for call in list(self._calls.values()):
            self._end(call, HostDown("the worker stops"))

    @property
    def is_ready(self) -> bool:
        """Whether a host has greeted this worker."""
        return any(slot.link is not None for slot in self._slots)

    @property
    def is_down(self) -> bool:
        """Whether the supervisor expects no host soon."""
        return all(slot.is_down for slot in self._slots)

    @property
    def down(self) -> HostDown | None:
        """Why nobody can be asked, if nobody can."""
        return self._slots[0].why_down() if self.is_down else None

    def ask(
        self, index: int, hook: str, request: Request | None, response: Response | None, trace: str
    ) -> asyncio.Future[Result]:
        """What the hook of an instance will have returned, or the error that came instead."""
        assert self._loop is not None, "open"
        future: asyncio.Future[Result] = self._loop.create_future()
        refusal = self._refusal()
        if refusal is not None:
            future.set_exception(refusal)
            return future
        deadline = time.monotonic() + self._timeout_s
        self._last = id = self._last + 1
        try:
            call = _Call(id, _frame(id, index, hook, deadline, trace, request, response), deadline, future)
        except FrameError as error:
            future.set_exception(ContractError(f"{hook} cannot be asked: {error}"))
            return future
        self._calls[id] = call
        self._bytes += len(call.frame)
        self._send(call)
        if self._timer is None:
            self._timer = self._loop.call_later(self._timeout_s, self._expire)
        return future

    def _refusal(self) -> Exception | None:
        # PERF: the first slot has a host nearly always
        if self._slots[0].link is None and self.is_down:
            return self.down
        if len(self._calls) >= MAX_CALLS or self._bytes >= MAX_BYTES:
            return HostDown(f"{len(self._calls)} calls wait for it already")
        return None

    def _send(self, call: _Call) -> None:
        """Give a call to the least busy host; without one it waits."""
        slots = self._slots
        link = slots[0].link if len(slots) == 1 else _idlest(slots)
        if link is not None:
            call.link = link
            link.send(call.frame)
        elif not self._is_looking:
            self._is_looking = True
            asyncio.get_running_loop().call_later(_LOOK_S, self._look)

    def _look(self) -> None:
        """Refuse what waits, once nobody is expected any more."""
        waiting = [call for call in self._calls.values() if call.link is None]
        down = self.down if waiting else None
        if down is not None:
            for call in waiting:
                self._end(call, down)
        self._is_looking = bool(waiting) and down is None
        if self._is_looking:
            asyncio.get_running_loop().call_later(_LOOK_S, self._look)

    def _ready(self) -> None:
        for call in [call for call in self._calls.values() if call.link is None]:
            self._send(call)

    def _answered(self, fields: Fields, body: bytes) -> bool:
        """Take an answer; False for one of a call that was given up: it is nobody's, least of all the next one's."""
        call = self._calls.get(fields[0])
        if call is None:
            return False
        outcome: Result | Exception
        try:
            outcome = result_of((), b"") if len(fields) == 1 else _outcome(fields, body)
        except ContractError as error:
            outcome = error
        except (ValueError, TypeError, IndexError) as error:
            outcome = ContractError(f"an answer that is none: {error}")
        if call.link is not None:
            call.link.over()
        self._end(call, outcome)
        return True

    def _end(self, call: _Call, outcome: Result | Exception) -> None:
        del self._calls[call.id]
        self._bytes -= len(call.frame)
        future = call.future
        # NOTE: done already: whoever asked was cancelled
        if future.done():
            return
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def _expire(self) -> None:
        """Give up what is past its deadline; all calls have the same time, so the oldest is the first."""
        assert self._loop is not None, "open"
        now = time.monotonic()
        self._timer = None
        for call in list(self._due(now)):
            if call.link is None:
                self._end(call, HostDown(f"no host was there within {self._timeout_s:g} s"))
            else:
                call.link.give_up_waiting()
                self._end(call, Overrun(f"took longer than {self._timeout_s:g} s"))
            self._tell("overrun", self._slots)
        oldest = next(iter(self._calls.values()), None)
        if oldest is not None:
            self._timer = self._loop.call_later(max(0.0, oldest.deadline - now), self._expire)

    def _due(self, now: float) -> Iterator[_Call]:
        for call in self._calls.values():
            if call.deadline > now:
                return
            yield call

    def _lost(self, slot: Slot, link: Link, breach: str) -> None:
        """Repeat what cannot have begun, and what may begin twice; the rest died with its host."""
        was_serial = link.hello is not None and link.hello.serial
        lost = [call for call in self._calls.values() if call.link is link]
        if breach:
            self._tell("breach", (slot,))
        for number, call in enumerate(lost):
            call.link = None
            # NOTE: a serial host had the oldest alone, and that may be one that was given up before
            has_begun = not was_serial or (number == 0 and not link.abandoned)
            call.deaths += has_begun
            call.moves += 1
            may_be_repeated = self._is_safe and not (breach or link.has_part_of_an_answer)
            if call.moves < MAX_MOVES and (not has_begun or (may_be_repeated and call.deaths < MAX_DEATHS)):
                self._send(call)
            else:
                self._end(call, ContractError(breach) if breach else HostDied("the host ended during the call"))


def _idlest(slots: Iterable[Slot]) -> Link | None:
    links = [slot.link for slot in slots if slot.link is not None]
    return min(links, key=_busyness) if links else None


def _busyness(link: Link) -> int:
    return link.in_flight


def _frame(
    id: int, index: int, hook: str, deadline: float, trace: str, request: Request | None, response: Response | None
) -> bytes:
    asked = None if request is None else request_fields(request)
    answered = None if response is None else response_fields(response)
    header = (id, index, hook, deadline, trace, asked, answered)
    body = (response.body if response is not None else None) or (request.body if request is not None else None) or b""
    try:
        return framed(_encode(header), body)
    except (UnicodeEncodeError, TypeError):
        # NOTE: bytes of a query that are no UTF-8 are lone surrogates, which Python's own json writes
        return framed(json.dumps(header, default=str).encode(), body)


def _outcome(fields: Fields, body: bytes) -> Result | Exception:
    kind = fields[1]
    if kind == RAISED:
        _, _, name, said, place = fields
        return Told(str(name), str(said), str(place))
    if kind == MEANT:
        return error_of(fields[2])
    if kind == BREACH:
        _, _, name, said, place = fields
        return ToldBreach(str(name), str(said), str(place))
    if kind == DOWN:
        _, _, code, text = fields
        return HostDown(str(text), Code[code] if code in Code.__members__ else Code.HOST_DOWN)
    return result_of(fields[1:], body)
