"""What a host prints and logs, as records of the gateway's log: who said it, how loud, and not without end."""
from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

from krakpy.extension.hosts import HostSpec
from krakpy.logs import event

log = logging.getLogger("krakpy.extension")

#: records of one host that are written at once, and each second from then on
BURST, RATE = 1000, 200
#: longest line; what is longer is cut
MAX_LINE = 8192


class Output:
    """The records of one host."""

    def __init__(self, spec: HostSpec) -> None:
        self._who: dict[str, Any] = {"distribution": spec.distribution, "extension": spec.id, "instance": spec.name}
        self._own = logging.getLogger(f"krakpy.extension.{spec.name.replace('/', '.')}")
        self._left = float(BURST)
        self._seen_at = time.monotonic()
        self._dropped = 0

    async def follow(self, stream: asyncio.StreamReader, name: str, pid: int) -> None:
        """Write every line of a stream, until its end."""
        level = logging.INFO if name == "stdout" else logging.WARNING
        rest = b""
        while part := await stream.read(65536):
            *lines, rest = (rest + part).split(b"\n")
            if len(rest) > MAX_LINE:
                lines.append(rest)
                rest = b""
            for line in lines:
                if line:
                    self._line(level, line, name, pid)
        if rest:
            self._line(level, rest, name, pid)

    def record(self, told: Mapping[str, Any]) -> None:
        """Write what the extension has logged."""
        if self._may():
            trace = {"trace": told["trace"]} if told.get("trace") else {}
            level = min(int(told["level"]), logging.CRITICAL)
            event(self._own, level, str(told["text"])[:MAX_LINE], **self._who, **trace)

    def _line(self, level: int, line: bytes, name: str, pid: int) -> None:
        if self._may():
            text = line[:MAX_LINE].decode("utf-8", "replace").rstrip("\r")
            event(self._own, level, text, **self._who, stream=name, pid=pid)

    def _may(self) -> bool:
        """Whether one more record may be written now; a flood is told when it begins and when it is over."""
        now = time.monotonic()
        self._left = min(float(BURST), self._left + (now - self._seen_at) * RATE)
        self._seen_at = now
        # NOTE: once a flood has begun it is over when a second's worth of records may be written
        if self._left < (RATE if self._dropped else 1):
            self._dropped += 1
            if self._dropped == 1:
                event(log, logging.WARNING, "a host writes too much: its records are dropped", **self._who)
            return False
        self._left -= 1
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            event(log, logging.WARNING, "a host wrote too much: records were dropped", **self._who, records=dropped)
        return True
