"""Decides on the head of an answer: its status line, the application's fields, and the framing that is the wire's own.

    lined([(b"content-type", b"text/plain")], lines)      # (b"content-type: text/plain\r\n", {b"content-type": …})
    framed(200, {}, 5, is_head=False, minor=1)            # (5, b"content-length: 5\r\n")
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from krakpy.server.refusals import Refusal

#: what the wire decides itself, so that an application cannot: framing and the end of the connection
_OWN = frozenset({
    b"connection", b"content-length", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade",
})
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]+")
#: SECURITY: nothing that could end a line
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")

STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus if status >= 200
}
#: phrases that differ between versions of Python
STATUS_LINES |= {refusal.status: refusal.line for refusal in (Refusal.BODY_TOO_LARGE, Refusal.URL_TOO_LONG)}

#: how a head ends
CLOSE = b"connection: close\r\n\r\n"
KEEP = b"connection: keep-alive\r\n\r\n"

#: what is left of an answer that tells its end by itself, that ends with its connection, or has no body
IN_CHUNKS, UNTIL_CLOSE, BODILESS = -1, -2, -3
_CHUNKED = b"transfer-encoding: chunked\r\n"
NO_BODY = frozenset({204, 304})

#: of how many answers the fields are remembered as they are written, and up to which size
_MOST_TEXTS = 512
_LONGEST_TEXT = 4096

_MOST_LINES = 2048
_LONGEST_KEPT = 256

Field = tuple[bytes, bytes]


class Text(NamedTuple):
    """The beginning of answers that have the same fields."""

    fields: Sequence[Field]
    status: int
    written: bytes | None
    """The status line and the lines of the fields; None where the wire has to look closer."""
    has_date: bool


class Lines(dict[Field, bytes]):
    """The line of each field, checked once; empty for those that the wire writes itself.

    PERF: 0.06 µs for a field that was sent before, 1 µs for a new one. Bounded, because clients may choose values.
    """

    def __missing__(self, field: Field) -> bytes:
        name, value = field
        if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
            raise ValueError(f"a header field that cannot be sent: {name[:100]!r}")
        line = b"" if name in _OWN else b"%b: %b\r\n" % field
        if len(line) <= _LONGEST_KEPT:
            if len(self) >= _MOST_LINES:
                self.clear()
            self[field] = line
        return line


class Texts:
    """Status lines and fields of answers as they are written."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._kept: dict[int, Text] = {}

    def of(self, status: int, fields: Sequence[Field]) -> Text:
        """Those of an answer; ValueError for a field that cannot be sent.

        PERF: an application that gives the same object of fields again pays for it once.
        """
        text = self._kept.get(id(fields))
        if text is not None and text.fields is fields and text.status == status:
            return text
        lines, own = lined(fields, self._lines)
        is_ordinary = status not in NO_BODY and b"connection" not in own and b"content-length" not in own
        written = (STATUS_LINES.get(status) or status_line(status)) + lines if is_ordinary else None
        text = Text(fields, status, written, b"date" in own)
        # NOTE: what can be changed is not remembered, nor what is too large or is of no use
        if written is not None and len(written) <= _LONGEST_TEXT and type(fields) is tuple:
            if len(self._kept) >= _MOST_TEXTS:
                self._kept.clear()
            self._kept[id(fields)] = text
        return text


def lined(fields: Any, lines: Lines) -> tuple[bytes, dict[bytes, bytes]]:
    """The lines of an application's fields, and its fields by name; ValueError for one that cannot be sent."""
    if type(fields) is list or type(fields) is tuple:
        try:
            return b"".join(map(lines.__getitem__, fields)), dict(fields)
        except (TypeError, ValueError):
            pass  # they may still be right, only not as they usually are
    fields = _tidied(fields)
    return b"".join(map(lines.__getitem__, fields)), dict(fields)


def framed(
    status: int, own: Mapping[bytes, bytes], whole: int | None, *, is_head: bool, minor: int
) -> tuple[int, bytes]:
    """How many bytes of a body follow the head, or how its end is told; and the line that says so.

    `whole` is the length of the body where all of it is there. ValueError for a `Content-Length` that is not its own.
    """
    declared = own.get(b"content-length")
    if declared is not None and not declared.isdigit():
        raise ValueError("the application's content-length is no number")
    if is_head or status in NO_BODY:
        return BODILESS, b"" if declared is None or status == 204 else b"content-length: %b\r\n" % declared
    if declared is not None:
        length = int(declared)
        if whole is not None and whole != length:
            raise ValueError(f"a body of {whole} bytes has a content-length of {length}")
        return length, b"content-length: %d\r\n" % length
    if whole is not None:
        return whole, b"content-length: %d\r\n" % whole
    return (IN_CHUNKS, _CHUNKED) if minor else (UNTIL_CLOSE, b"")


def _tidied(fields: Iterable[Iterable[bytes]]) -> list[Field]:
    """The same fields as tuples with names in lower case, as ASGI asks for and not everybody does."""
    return [(bytes(name).lower(), bytes(value)) for name, value in fields]


def status_line(status: int) -> bytes:
    """The line of a final status; ValueError for what is none."""
    if not 200 <= status <= 999:
        raise ValueError(f"no final status: {status!r}")
    return STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status
