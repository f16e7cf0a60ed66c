"""A host: a process in which extensions run, apart from the gateway. Needs nothing but this package.

    python -I -u -m krakpy_sdk.host LISTENING_FD REPORT_FD

The job comes as a line of JSON on standard input, which stays open: what follows are `{"ping": 1}` and
`{"leave": seconds}`, and its end is the supervisor's.
"""
from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
import time
from collections.abc import Mapping
from typing import Any, NoReturn

from krakpy_sdk.confinement import confine
from krakpy_sdk.guests import Decode, Guest, Unusable, imported
from krakpy_sdk.hosting import Hosting
from krakpy_sdk.records import LogRecords, Reports
from krakpy_sdk.typed import decoded

#: exit statuses (sysexits.h: EX_SOFTWARE, EX_CONFIG)
FAILED, UNUSABLE = 70, 78


def main(arguments: list[str]) -> NoReturn:
    """Be a host on the listening socket that is named; leaves by `os._exit`."""
    listening, reporting = map(int, arguments)
    control = _private(os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    report = Reports(_private(reporting))
    status = FAILED
    try:
        status = _serve(_private(listening), control, report)
    except Unusable as error:
        report(unusable={"code": error.code, "text": str(error)})
        status = UNUSABLE
    except BaseException as error:  # noqa: BLE001  # the last word of this process, whatever an extension did to it
        report(unusable={"code": "SETUP", "text": f"the host failed: {type(error).__name__}: {error}"})
    sys.stdout.flush()
    # NOTE: threads and exit handlers of the extension have no say in when this ends
    os._exit(status)


def _private(descriptor: int) -> int:
    os.set_inheritable(descriptor, False)
    return descriptor


def _serve(listening: int, control: int, report: Reports) -> int:
    line, rest = _line(control)
    job = json.loads(line)
    confine(job)
    logger = logging.getLogger()
    logger.addHandler(LogRecords(report))
    logger.setLevel(job["log_level"])
    started = time.monotonic()
    loaded = imported(job["target"])
    report(imported=round(time.monotonic() - started, 4))
    with asyncio.Runner() as runner:
        return runner.run(_run(job, loaded, listening, Orders(control, rest), report))


def _line(control: int) -> tuple[bytes, bytes]:
    """The first line, and what came with it."""
    parts: list[bytes] = []
    while part := os.read(control, 65536):
        parts.append(part)
        if b"\n" in part:
            break
    line, _, rest = b"".join(parts).partition(b"\n")
    return line, rest


async def _run(job: Mapping[str, Any], loaded: Any, listening: int, orders: Orders, report: Reports) -> int:
    decode = _decoder(job["decoder"])
    guests = [Guest(loaded, told, decode) for told in job["instances"]]
    for guest in guests:
        await guest.set_up()
    problems = {guest.place: guest.problem for guest in guests if guest.problem is not None}
    if len(problems) == len(guests):
        raise problems[guests[0].place]
    hosting = Hosting(guests, threads=job["concurrency"], retire_after=job["retire_after"], report=report)
    await hosting.listen(socket.socket(fileno=listening))
    told = {place: [problem.code, str(problem)] for place, problem in problems.items()}
    report(ready={"pid": os.getpid(), "problems": told})
    await hosting.leave(await orders.to_leave(report))
    for guest in reversed(guests):
        await guest.torn_down()
    return 0


def _decoder(target: str) -> Decode:
    """What decodes settings: this package's own, or the gateway's where it is at hand."""
    if not target:
        return decoded
    module, _, name = target.partition(":")
    found: Decode = getattr(__import__(module, fromlist=[name]), name)
    return found


class Orders:
    """What the supervisor says while the host runs, one line of JSON each."""

    def __init__(self, control: int, received: bytes) -> None:
        self._control = control
        self._received = received

    async def to_leave(self, report: Reports) -> float:
        """Answer pings until the supervisor says to leave, or ends; how long the calls that run may take."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[float] = loop.create_future()
        os.set_blocking(self._control, False)
        loop.add_reader(self._control, self._read, told, report)
        self._obey(told, report)
        try:
            return await told
        finally:
            loop.remove_reader(self._control)

    def _read(self, told: asyncio.Future[float], report: Reports) -> None:
        try:
            part = os.read(self._control, 65536)
        except BlockingIOError:
            return
        self._received += part
        self._obey(told, report)
        if not part and not told.done():
            told.set_result(0.0)

    def _obey(self, told: asyncio.Future[float], report: Reports) -> None:
        *lines, self._received = self._received.split(b"\n")
        for line in lines:
            order = json.loads(line)
            if "ping" in order:
                report(pong=order["ping"])
            elif "leave" in order and not told.done():
                told.set_result(order["leave"])


if __name__ == "__main__":
    main(sys.argv[1:])
