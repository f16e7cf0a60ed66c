"""KrakenD's `custom_format`: the operator's own pattern for log lines.

    {"telemetry/logging": {"format": "custom", "custom_format": "%{time:15:04:05} %{level:.4s} %{message}"}}
"""
from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

from krakpy.log_lines import COLOURS, DIM, Entry, key_values, printable, stamp

_PLACEHOLDER = re.compile(r"%\{([a-z]+)(?::([^}]+))?\}")
#: widths are short, so that no pattern can ask for a line of a gigabyte
_PRINTF = re.compile(r"-?\d{0,2}(\.\d{1,2})?[sdx]")

#: parts of Go's reference time (Mon Jan 2 15:04:05 MST 2006) and what strftime calls them
_GO_TIME = {
    "2006": "%Y", "06": "%y", "January": "%B", "Jan": "%b", "01": "%m", "02": "%d", "Monday": "%A", "Mon": "%a",
    "15": "%H", "03": "%I", "04": "%M", "05": "%S", "PM": "%p", "MST": "%Z", "-0700": "%z",
}  # fmt: skip
_GO_TOKEN = re.compile(r"(?<=[.,])[09]+|" + "|".join(sorted(_GO_TIME, key=len, reverse=True)))

Part = Callable[[Entry], str]


class PatternLine:
    """Renders `custom_format`; the fields follow the message as `key=value`.

    Knows `%{time} %{level} %{message} %{module} %{pid} %{program} %{id} %{color}`, each with an optional layout after a
    colon: Go's reference time for `time`, a printf verb such as `.4s` elsewhere, `bold` or `reset` for `color`.
    Raises ValueError for any other placeholder.
    """

    def __init__(self, pattern: str, *, prefix: str = "", colour: bool = False) -> None:
        self._colour, self._ids = colour, count(1)
        self._parts: list[Part] = []
        end = 0
        for found in _PLACEHOLDER.finditer(pattern):
            self._parts += [_literal(pattern[end : found.start()]), self._placeholder(found[1], found[2])]
            end = found.end()
        self._parts = [_literal(prefix), *self._parts, _literal(pattern[end:])]

    def __call__(self, entry: Entry) -> str:
        return "".join([part(entry) for part in self._parts])

    def holes(self, texts: Sequence[str], numbers: Sequence[str]) -> None:  # noqa: ARG002  # a pattern has none
        return None

    def _placeholder(self, name: str, layout: str | None) -> Part:
        if name == "time":
            return (lambda entry: _go_time(entry.created, layout)) if layout else (lambda entry: stamp(entry.created))
        if name == "color":
            return self._painter(layout)
        values: dict[str, Callable[[Entry], object]] = {
            "level": lambda entry: entry.level,
            "message": _message_and_fields,
            "module": lambda entry: entry.logger,
            "pid": lambda _: os.getpid(),
            "program": lambda _: "krakpy",
            "id": lambda _: next(self._ids),
        }
        if name not in values or (layout and not _PRINTF.fullmatch(layout)):
            raise ValueError(f"custom_format: %{{{name}{':' + layout if layout else ''}}} is no known placeholder")
        value, form = values[name], f"%{layout or 's'}"
        return lambda entry: form % value(entry)

    def _painter(self, layout: str | None) -> Part:
        if not self._colour:
            return lambda _: ""
        if layout == "reset":
            return lambda _: "\x1b[0m"
        weight = "1;" if layout == "bold" else ""
        return lambda entry: f"\x1b[{weight}{COLOURS.get(entry.level, DIM)}m"


def _literal(text: str) -> Part:
    text = printable(text)
    return lambda _: text


def _message_and_fields(entry: Entry) -> str:
    fields = {**entry.fields, "traceback": entry.traceback} if entry.traceback else entry.fields
    return f"{printable(entry.message)} {key_values(fields)}" if fields else printable(entry.message)


def _go_time(created: float, layout: str) -> str:
    """The local time as Go would write it by this layout (`2006-01-02 15:04:05.000`)."""
    moment = datetime.fromtimestamp(created).astimezone()

    def part(token: re.Match[str]) -> str:
        if token[0] in _GO_TIME:
            return moment.strftime(_GO_TIME[token[0]])
        return f"{moment.microsecond:06d}"[: len(token[0])]

    return printable(_GO_TOKEN.sub(part, layout))
