"""Hooks that run in hosts, as the seats of a worker call them: the same calls, guarded the same way.

    remote = Remote(specs, hosts)
    await remote.open()
    hook = remote.hook(admission, facts, guard)
    result = await hook.call("endpoint_request")(request, None)
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from krakpy_sdk import Request, Response

from krakpy.extension.board import Board
from krakpy.extension.calls import Calls, Result
from krakpy.extension.gates import Admission
from krakpy.extension.guard import Guard, HookCall, guarded
from krakpy.extension.hosts import Hosts, HostSpec, Key, key_of
from krakpy.extension.policy import DEFAULT_TIMEOUT_S
from krakpy.extension.remote_errors import HostDown
from krakpy.extension.slots import Slot

log = logging.getLogger("krakpy.extension")

#: how long a worker waits for its hosts before it serves without those that are not there
OPEN_WITHIN_S = 2.0
_LOOK_S = 0.005


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a class says of itself, where it must not be imported: found by the probe."""

    hooks: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = None
    takes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """The arguments that each hook declares; of those that are not here, all."""
    wants_body: bool = False
    is_safe: bool = False
    """Whether a call may be made again when a host died with it."""
    is_slow: bool = False
    """Whether its import takes so long that nobody should wait for it."""


class RemoteHook:
    """One instance, as the seats call it: see `krakpy.extension.guard.LiveHook`."""

    def __init__(self, facts: Facts, guard: Guard, calls: Calls, index: int) -> None:
        self.guard = guard
        self.wants_body = facts.wants_body
        self.paths = facts.paths
        self._calls = {
            name: guarded(name, _asking(calls, index, name, facts.takes.get(name)), guard)
            for name in facts.hooks
        }

    def call(self, name: str) -> HookCall | None:
        """The guarded call of one hook, or None if the extension does not have it."""
        return self._calls.get(name)


def _asking(
    calls: Calls, index: int, name: str, takes: tuple[str, ...] | None
) -> Callable[[Request, Response | None], asyncio.Future[Result]]:
    ask = calls.ask
    with_request = takes is None or "request" in takes
    with_response = takes is None or "response" in takes

    def asked(request: Request, response: Response | None) -> asyncio.Future[Result]:
        # PERF: what a hook does not declare is not written, and a document may be large
        trace = request.headers.get("traceparent", "")
        return ask(index, name, request if with_request else None, response if with_response else None, trace)

    return asked


class Remote:
    """All hosted instances of one worker."""

    def __init__(self, specs: Iterable[HostSpec], hosts: Hosts) -> None:
        self._specs = tuple(specs)
        self._hosts = hosts
        self._board = Board.open(hosts.board)
        self._calls: dict[Key, Calls] = {}
        self._indexes: dict[tuple[str, str], int] = {}
        self._wire: asyncio.Transport | None = None
        for spec in self._specs:
            self._indexes |= {(spec.name, place): index for index, place in enumerate(spec.places)}

    def hook(self, admission: Admission, facts: Facts, guard: Guard) -> RemoteHook:
        """The instance of one place; the instances of one name share their hosts."""
        key = key_of(admission)
        if key not in self._calls:
            self._calls[key] = self._calls_of(key, admission, facts)
        return RemoteHook(facts, guard, self._calls[key], self._indexes[admission.need.key[::-1]])

    async def open(self) -> None:
        """Connect to the supervisor and to every host."""
        loop = asyncio.get_running_loop()
        try:
            self._wire, _ = await loop.create_unix_connection(asyncio.Protocol, self._hosts.control)
        except OSError:  # NOTE: hosts are replaced without our word too, only later
            self._wire = None
        for calls in self._calls.values():
            calls.open()

    async def ready(self, admissions: Iterable[Admission]) -> None:
        """Wait until the hosts of these are there, or known to be down; not for long."""
        waited = [self._calls[key] for key in {key_of(admission) for admission in admissions}]
        try:
            async with asyncio.timeout(OPEN_WITHIN_S):
                # NOTE: that a host is down stands on a page of memory, which makes no sound
                while not all(calls.is_ready or calls.is_down for calls in waited):  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            pass

    def down(self, admission: Admission) -> HostDown | None:
        """Why nobody can be asked at this moment; None if somebody can, or may be soon."""
        return self._calls[key_of(admission)].down

    def close(self) -> None:
        """Disconnect from everybody."""
        for calls in self._calls.values():
            calls.close()
        if self._wire is not None:
            self._wire.close()

    def _calls_of(self, key: Key, admission: Admission, facts: Facts) -> Calls:
        [spec] = [spec for spec in self._specs if (spec.id, spec.python, spec.name) == key]
        slots = [
            Slot(
                self._hosts.socket(number), number, is_expected=partial(self._board.is_expected, number),
                reason=self._hosts.reason(number),
            )
            for number in spec.slots
        ]  # fmt: skip
        timeout_s = admission.policy.timeout_s or DEFAULT_TIMEOUT_S
        return Calls(slots, is_safe=facts.is_safe, timeout_s=timeout_s, tell=self._tell)

    def _tell(self, what: str, slots: Iterable[Slot]) -> None:
        """Tell the supervisor that something is wrong with these hosts."""
        if self._wire is not None and not self._wire.is_closing():
            self._wire.write("".join(f"{what} {slot.number}\n" for slot in slots).encode())
