"""Builds every route as a worker would, in a child that is thrown away: what goes wrong there goes wrong nowhere else.

    problems = build_routes(prepared)
"""
from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from krakpy.codes import Code
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.preparing import Prepared
from krakpy.extension.shared_folder import SharedFolder

DEADLINE_S = 30.0


def build_routes(prepared: Prepared, *, deadline_s: float = DEADLINE_S) -> tuple[Problem, ...]:
    """What keeps routes from being built that the probe did not find: `setup`, drivers, the order of a seat …"""
    # NOTE: forked, as workers are: what was prepared need not be read again
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(prepared, sender))
    child.start()
    sender.close()
    try:
        if not receiver.poll(deadline_s):
            return (_failed(Code.TIMED_OUT, f"building the routes did not end within {deadline_s:g} s"),)
        # SECURITY: bytes, not objects: third-party code runs at the other end, and a pickle could run it here
        return tuple(Problem(Code[name], *words) for name, *words in json.loads(receiver.recv_bytes()))
    except EOFError:
        child.join()
        return (_ended(child.exitcode or 0),)
    finally:
        child.kill()
        child.join()
        receiver.close()


def _ended(status: int) -> Problem:
    if status < 0:
        return _failed(Code.KILLED, f"building the routes was ended by {signal.Signals(-status).name}")
    return _failed(Code.IMPORT_EXITED, f"building the routes ended the process with exit status {status}")


def _failed(code: Code, message: str) -> Problem:
    return Problem(code, "", message, "krakpy ext doctor")


def _child(prepared: Prepared, sender: Connection) -> NoReturn:
    told = [(found.code.name, found.place, found.message, found.remedy) for found in found_by_building(prepared)]
    sender.send_bytes(json.dumps(told).encode())
    # NOTE: threads and exit handlers of extensions have no say in when this ends
    os._exit(0)


def found_by_building(prepared: Prepared) -> tuple[Problem, ...]:
    """The same, in this very process, which is silent from then on and has to be thrown away."""
    _silence()
    events = Events()
    logger = logging.getLogger("krakpy")
    logger.handlers[:], logger.propagate = [events], False
    try:
        asyncio.run(_opened(prepared))
    except ConfigurationError as error:
        events.problems += error.problems
    except BaseException as error:  # noqa: BLE001  # extensions run here, and whatever they raise is the finding
        said = f"the routes cannot be built: {type(error).__name__}: {error}"
        events.problems.append(_failed(Code.CONSTRUCTION, said))
    return tuple(events.problems)


def _silence() -> None:
    """What extensions print is not for whoever reads our standard output."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.stdout = sys.stderr = os.fdopen(nowhere, "w")


async def _opened(prepared: Prepared) -> None:
    # PERF: falcon and the five seats are imported by whoever builds routes
    from krakpy.gateway import Gateway

    # NOTE: what serves keeps its state in a folder of its own, which nobody may touch for a trial
    gateway = Gateway(prepared, folder=SharedFolder.temporary())
    await gateway.open()
    await gateway.close()


class Events(logging.Handler):
    """Collects the problems that the gateway tells its log: an event with a `code` is one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.problems: list[Problem] = []

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = getattr(record, "fields", {})
        code = next((code for code in Code if code.id == fields.get("code")), None)
        if code is not None:
            place = fields.get("place") or fields.get("endpoint") or ""
            self.problems.append(Problem(code, str(place), record.getMessage(), str(fields.get("remedy", ""))))
