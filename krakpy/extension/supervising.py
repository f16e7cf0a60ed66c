"""The supervisor as a process of its own: keeps every host, and ends when its parent does.

    python -P -m krakpy.extension.supervising

Started by `krakpy.extension.supervisor`, with the job as a line of JSON on standard input, which stays open. What
follows is `retire`: to end when the last worker has gone. Its end is the parent's.
"""
from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import shutil
import signal
import socket
import sys

import msgspec

from krakpy.config.model import Logging
from krakpy.extension.board import Board
from krakpy.extension.hosts import Hosts, HostSpec
from krakpy.extension.keeper import Keeper
from krakpy.logs import DefaultOptions, configure, event

log = logging.getLogger("krakpy.hosts")

#: how long hosts may take to finish when everything ends
LEAVE_S = 2.0
_PR_SET_PDEATHSIG = 1


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What the supervisor is told."""

    parent: int
    folder: str
    control: int
    """The descriptor of its own listening socket."""
    listeners: tuple[int, ...]
    """The descriptors of the hosts' listening sockets, by slot."""
    specs: tuple[HostSpec, ...]
    path: tuple[str, ...]
    """Where hosts of the gateway's own environment look for modules."""
    level: str = "INFO"
    logging: Logging | None = None


def main() -> None:
    """Supervise until told otherwise."""
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    configure(job.logging or DefaultOptions(), level=job.level)
    sys.path[:] = job.path
    _die_with(job.parent)
    status = 1
    try:
        asyncio.new_event_loop().run_until_complete(supervise(job))
        status = 0
    except Exception as error:
        event(log, logging.CRITICAL, "the supervisor of hosts failed", exc_info=error, error=type(error).__name__)
        raise
    finally:
        # NOTE: hosts end with this process; nothing here may wait for one, nor for what is left of its tasks
        os._exit(status)


async def supervise(job: Job) -> None:
    """Keep the hosts of a job, until the parent or a signal says that it is over."""
    hosts = Hosts(job.folder)
    board = Board.open(hosts.board)
    keepers = {
        slot: Keeper(spec, slot, job.listeners[slot], hosts, board) for spec in job.specs for slot in spec.slots
    }
    is_over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGQUIT):
        loop.add_signal_handler(number, is_over.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    reception = Reception(keepers, is_over)
    # NOTE: from Python 3.13 on `create_unix_server` removes the path at its end, and a successor listens there too
    server = await loop.create_server(reception.desk, sock=socket.socket(fileno=job.control))
    parent = asyncio.ensure_future(_parent(reception, is_over))
    keeping = [asyncio.ensure_future(keeper.run()) for keeper in keepers.values()]
    watching = asyncio.ensure_future(_outlived(job.parent, is_over))
    await is_over.wait()
    server.close()
    for keeper in keepers.values():
        keeper.stop(LEAVE_S)
    await asyncio.wait(keeping, timeout=LEAVE_S + 1)
    for task in (parent, watching):
        task.cancel()
    # NOTE: a parent that lives starts the next supervisor on the same sockets, or clears up itself
    if reception.is_retired or os.getppid() != job.parent:
        shutil.rmtree(job.folder, ignore_errors=True)


class Reception:
    """The workers that hold a connection, and what they have to say."""

    def __init__(self, keepers: dict[int, Keeper], is_over: asyncio.Event) -> None:
        self._keepers = keepers
        self._is_over = is_over
        self._visitors = 0
        self.is_retired = False

    def desk(self) -> asyncio.Protocol:
        """What serves one worker."""
        return _Desk(self)

    def retire(self) -> None:
        """Take no more generations of workers: end with the last one."""
        self.is_retired = True
        self._leave_if_alone()

    def came(self) -> None:
        """Note a worker."""
        self._visitors += 1

    def went(self) -> None:
        """Forget a worker."""
        self._visitors -= 1
        self._leave_if_alone()

    def hear(self, line: bytes) -> None:
        """Take a worker's word on a host: `overrun 3`, `breach 3`."""
        kind, _, slot = line.decode("ascii", "replace").partition(" ")
        keeper = self._keepers.get(int(slot)) if slot.isdecimal() else None
        if keeper is not None:
            keeper.doubt(is_certain=kind == "breach")

    def _leave_if_alone(self) -> None:
        if self.is_retired and not self._visitors:
            self._is_over.set()


class _Desk(asyncio.Protocol):
    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: ARG002  # asyncio's signature
        self._reception.came()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        self._reception.went()

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._reception.hear(line)


async def _parent(reception: Reception, is_over: asyncio.Event) -> None:
    """Hear what the parent says, until its end."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    while line := await reader.readline():
        if line == b"retire\n":
            reception.retire()
    # NOTE: workers that were forked from the parent hold this pipe too; see _outlived
    is_over.set()


async def _outlived(parent: int, is_over: asyncio.Event) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110  # nothing else says so where there is no prctl
        await asyncio.sleep(1)
    is_over.set()


def _die_with(parent: int) -> None:
    """Be told by SIGTERM when the parent ends, so that there is time to clear up (on Linux; elsewhere we look)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)


if __name__ == "__main__":
    main()
