"""What a worker's middlewares and drivers say of themselves, written down for the master that is asked how they are.

    telling = Telling(extensions.statuses, folder.path)
    telling.open()                      # in a worker: written every second, if anybody says anything
    told("/dev/shm/krakpy-…", [4711])   # in the master

One file for each worker, in the folder that they share. What is told is at most `INTERVAL_S` old.
"""
from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from krakpy.extension.guard import Guard
from krakpy.logs import event

#: how often what is told is written anew
INTERVAL_S = 1.0
_ENTRIES = msgspec.json.Decoder(list[dict[str, Any]])
log = logging.getLogger("krakpy.extension")

Statuses = Callable[[], Iterable[tuple[Guard, Mapping[str, object]]]]


class Telling:
    """The file of this worker."""

    def __init__(self, statuses: Statuses, folder: Callable[[], str]) -> None:
        self._statuses = statuses
        self._folder = folder
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to write, if there is anything to tell."""
        if self._told():
            self._task = asyncio.get_running_loop().create_task(self._keep())

    def close(self) -> None:
        """Write no more, and tell nothing."""
        if self._task is not None:
            self._task.cancel()
            with suppress(OSError):
                _file(self._folder(), os.getpid()).unlink()

    def _told(self) -> list[dict[str, Any]]:
        return [
            {"instance": guard.name, "id": guard.candidate.id, "place": guard.place, "status": status}
            for guard, status in self._statuses()
        ]

    async def _keep(self) -> None:
        while True:
            try:
                self._write()
            except OSError as error:
                event(log, logging.WARNING, "what components say of themselves cannot be written", error=str(error))
            await asyncio.sleep(INTERVAL_S)

    def _write(self) -> None:
        path = _file(self._folder(), os.getpid())
        whole = path.with_suffix(".new")
        whole.write_bytes(msgspec.json.encode(self._told(), enc_hook=str))
        whole.replace(path)


def told(folder: str, workers: Iterable[int]) -> list[dict[str, Any]]:
    """What these workers have told, each entry with its `worker`; what is not there, or not whole, is left out."""
    found: list[dict[str, Any]] = []
    for pid in workers:
        with suppress(OSError, msgspec.MsgspecError):
            entries = _ENTRIES.decode(_file(folder, pid).read_bytes())
            found += [{**entry, "worker": pid} for entry in entries]
    return found


def _file(folder: str, pid: int) -> Path:
    return Path(folder, f"components-{pid}.json")
