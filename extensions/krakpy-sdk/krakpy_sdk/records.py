"""What a host tells its supervisor, one line of JSON each: that it is ready, what it logs, that it has to go."""
from __future__ import annotations

import json
import logging
import os
from contextvars import ContextVar
from typing import Any

#: the trace context of the call that runs (W3C `traceparent`), or an empty text
TRACE: ContextVar[str] = ContextVar("trace", default="")

#: longest line; what is longer is cut
MAX_LINE = 8192


class Reports:
    """The pipe to the supervisor. What it cannot take at once is lost: nothing here may keep a call waiting."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)

    def __call__(self, **fields: Any) -> None:
        """Tell these fields."""
        line = json.dumps(fields, default=str)
        try:
            os.write(self._descriptor, line.encode() + b"\n")
        except OSError:
            pass


class LogRecords(logging.Handler):
    """Passes on what the extension logs, as records of the gateway's log."""

    def __init__(self, report: Reports) -> None:
        super().__init__()
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)[:MAX_LINE]
        except Exception:  # noqa: BLE001  # arguments that do not fit their text: the author's mistake, and no call's
            text = str(record.msg)[:MAX_LINE]
        self._report(log={"level": record.levelno, "logger": record.name, "text": text, "trace": TRACE.get()})
