"""Structured logging: one line for each event, through the standard library's loggers.

    configure(level="INFO")
    event(logging.getLogger("krakpy.server"), logging.ERROR, "worker died", pid=4711, signal="SIGKILL")

Lines come from the logger `krakpy` and what is below it; other loggers are touched only where `whole_process` says so.
"""
from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import chain
from logging.handlers import SysLogHandler
from typing import Protocol, TextIO

import msgspec

from krakpy.log_lines import Entry, JsonLine, Line, Row, TextLine, krakpy_head, logstash_head
from krakpy.log_pattern import PatternLine
from krakpy.log_secrets import without_secrets, without_secrets_in_text

RowWriter = Callable[[tuple[str, ...], tuple[float, ...]], None]

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class LogOptions(Protocol):
    """What `telemetry/logging` says; the configuration's own model satisfies it."""

    @property
    def level(self) -> str:
        """The lowest level that is written: DEBUG, INFO, WARNING, ERROR or CRITICAL, in any case."""

    @property
    def prefix(self) -> str:
        """Stands before every line; in JSON it is the member `prefix`."""

    @property
    def stdout(self) -> bool:
        """Write to standard output; else to standard error, unless `syslog` is on."""

    @property
    def syslog(self) -> bool:
        """Write to the machine's syslog. The access log never goes there (KrakenD: the same)."""

    @property
    def syslog_facility(self) -> str:
        """The facility of `syslog`, `local0` to `local7`."""

    @property
    def format(self) -> str:
        """`default` is text for people, `logstash` KrakenD's JSON, `json` ours, `custom` the operator's pattern."""

    @property
    def custom_format(self) -> str:
        """The pattern of `custom`, see `krakpy.log_pattern`."""


class DefaultOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What holds where there is no `telemetry/logging`: text for people, from INFO, on standard error."""

    level: str = "INFO"
    prefix: str = ""
    stdout: bool = False
    syslog: bool = False
    syslog_facility: str = "local3"
    format: str = "default"
    custom_format: str = ""


def configure(
    options: LogOptions | None = None,
    *,
    level: str | None = None,
    json: bool = False,
    stream: TextIO | None = None,
    colour: bool | None = None,
    whole_process: bool = False,
) -> None:
    """Send krakpy's events where the options say, replacing what an earlier call arranged.

    `level` and `json` overrule the options. `colour` is decided by the stream and `NO_COLOR` when it is None.
    `whole_process` also takes what other libraries log: right where krakpy owns the process (`krakpy run`), wrong under
    somebody else's gunicorn. Raises ValueError for a level, format or facility that does not exist.
    """
    options = options or DefaultOptions()
    level = known_level(level or options.level)
    stream = stream or (sys.stdout if options.stdout or options.syslog else sys.stderr)
    local = Sink(stream, line_for(options, json=json, colour=wants_colour(stream) if colour is None else colour))
    handlers: list[logging.Handler] = [local] if options.stdout or not options.syslog else []
    if options.syslog:
        line = line_for(options, json=json, colour=False)
        handlers.append(Syslog(options.syslog_facility, line, otherwise=local))
    attach("krakpy", handlers, level=level)
    attach("krakpy.access", [local], level=level)
    if whole_process:
        attach(None, handlers, level=max(level, "WARNING", key=LEVELS.index))


def event(
    logger: logging.Logger, level: int, message: str, *, exc_info: BaseException | None = None, **fields: object
) -> None:
    """Log one event with its fields; what looks like a secret is not written."""
    if logger.isEnabledFor(level):
        logger.log(level, "%s", message, exc_info=exc_info, extra={"fields": fields})


def row_writer(
    logger: logging.Logger, level: int, message: str, *, texts: Sequence[str], numbers: Sequence[str]
) -> RowWriter:
    """What writes one event for each request: called with the values of `texts` and of `numbers`, in their order.

    PERF: a third of what a LogRecord costs. SECURITY: nothing is redacted on this way; the fields are the caller's own.
    """
    for handler in logger.handlers:
        if isinstance(handler, Sink):
            row = Row(handler.line, Entry(0.0, logging.getLevelName(level), logger.name, message, {}), texts, numbers)
            return partial(handler.write_row, row)
    names = (*texts, *numbers)
    return lambda *values: logger.log(
        level, "%s", message, extra={"fields": dict(zip(names, chain(*values), strict=True))}
    )


def known_level(level: str) -> str:
    """The level's usual spelling; ValueError if there is none of that name."""
    if level.upper() not in LEVELS:
        raise ValueError(f"level: {level!r} is none of {', '.join(LEVELS)}")
    return level.upper()


def line_for(options: LogOptions, *, json: bool, colour: bool) -> Line:
    """What renders events by `format` and `prefix`; ValueError for a format or pattern that cannot be read."""
    match "json" if json else options.format:
        case "default":
            return TextLine(prefix=options.prefix, colour=colour)
        case "json":
            return JsonLine(krakpy_head, prefix=options.prefix)
        case "logstash":
            return JsonLine(logstash_head, prefix=options.prefix)
        case "custom":
            return PatternLine(options.custom_format, prefix=options.prefix, colour=colour)
        case unknown:
            raise ValueError(f"format: {unknown!r} is none of default, logstash, custom, json")


def wants_colour(stream: TextIO) -> bool:
    """Whether colour helps: on a terminal whose user did not set `NO_COLOR` (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def attach(name: str | None, handlers: list[logging.Handler], *, level: str) -> None:
    """Give a logger these handlers in place of the ones it had from here; what others attached to it stays."""
    logger = logging.getLogger(name)
    for old in [old for old in logger.handlers if isinstance(old.formatter, LineFormatter)]:
        logger.removeHandler(old)
        old.close()
    logger.handlers.extend(handlers)
    logger.setLevel(level)
    logger.propagate = False


class LineFormatter(logging.Formatter):
    """Turns a record into a line, without its secrets. Marks our handlers, too."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "fields", None)
        traceback = self.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
        return self._line(
            Entry(
                record.created,
                record.levelname,
                record.name,
                without_secrets_in_text(record.getMessage()),
                without_secrets(fields) if isinstance(fields, Mapping) else {},
                without_secrets_in_text(traceback),
            )
        )


class Sink(logging.StreamHandler[TextIO]):
    """Writes lines to a stream. One that cannot be written disturbs nobody: it is counted, and told when one can."""

    def __init__(self, stream: TextIO, line: Line) -> None:
        super().__init__(stream)
        self.setFormatter(LineFormatter(line))
        self.line = line
        self._lost = 0

    def write_row(self, row: Row, texts: tuple[str, ...], numbers: tuple[float, ...]) -> None:
        """Write an event that never was a LogRecord."""
        self._write(row(time.time(), texts, numbers))

    def emit(self, record: logging.LogRecord) -> None:
        lost = self._lost
        super().emit(record)
        if lost and self._lost == lost:
            self._tell_lost()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  # the standard library's signature
        self._lost += 1

    def _write(self, line: str) -> None:
        try:
            with self.lock or nullcontext():
                self.stream.write(f"{line}\n")
                self.stream.flush()
        except (OSError, ValueError):  # ValueError: the stream is closed, or cannot encode the line
            self._lost += 1
        else:
            if self._lost:
                self._tell_lost()

    def _tell_lost(self) -> None:
        lines, self._lost = self._lost, 0
        self._write(self.line(Entry(time.time(), "ERROR", "krakpy.logs", "log lines were lost", {"lines": lines})))
        if self._lost:
            self._lost = lines


class Syslog(SysLogHandler):
    """Writes lines to the machine's syslog, and `otherwise` where and while there is none."""

    ident = "krakpy: "

    def __init__(self, facility: str, line: Line, *, otherwise: logging.Handler) -> None:
        if facility not in self.facility_names:
            raise ValueError(f"syslog_facility: {facility!r} is none of local0 to local7")
        super().__init__("/dev/log", self.facility_names[facility])
        self.setFormatter(LineFormatter(line))
        self._otherwise = otherwise

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the standard library's name
        self._otherwise.handle(record)
