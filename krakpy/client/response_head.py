"""The head of an upstream's answer: bytes in; status, fields and framing out; what is not strict HTTP/1.1 is refused.

    parse(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n").length   # 2
"""
from __future__ import annotations

import re

import msgspec
from krakpy_sdk import Headers, UpstreamError

#: `Head.length` of a body that comes in chunks (RFC 9112 §7.1)
CHUNKED = -1
#: `Head.length` of a body that the end of the connection ends (RFC 9112 §6.3, rule 8)
UNTIL_CLOSE = -2

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
_TEXT = rb"[\t -~\x80-\xff]*+"
# SECURITY: the whole head has to match, so that no bare CR or LF, NUL, folded line, space before a colon, HTTP/0.9 or
# status above 599 comes through (C-15). PERF: 0.6 µs for 200 bytes; with `findall` 1.8 µs, where llhttp and its
# callback for each field take 2.2 µs and still need such a pattern, because they let several of these through.
_HEAD = re.compile(
    rb"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: " + _TEXT + rb")?\r\n((?:" + _TOKEN + rb":" + _TEXT + rb"\r\n)*+)\r\n"
)
_FIELD = re.compile(rb"([^:\r]++):[ \t]*+([^\r]*+)\r\n")
_FIELDS = re.compile(rb"(?:" + _TOKEN + rb":" + _TEXT + rb"\r\n)*+\r\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-5][0-9][0-9](?: " + _TEXT + rb")?\r\n")
_LENGTH = re.compile(rb"[0-9]{1,18}")


class Head(msgspec.Struct, frozen=True, gc=False):
    """What the head of an answer says."""

    status: int
    """100 to 599."""
    headers: Headers
    """The fields as received, in order; immutable, so answers with equal heads share it."""
    length: int
    """Bytes of the body of an answer to anything but HEAD, or `CHUNKED`, or `UNTIL_CLOSE`."""
    is_persistent: bool
    """Whether another request may follow on the connection."""


def parse(raw: bytes, *, max_bytes: int = 65536, max_fields: int = 128) -> Head:
    """The head, from its first byte to its empty line; UpstreamError for what is not strictly HTTP/1.0 or 1.1."""
    if len(raw) > max_bytes:
        raise _too_long(max_bytes)
    match = _HEAD.fullmatch(raw)
    if match is None:
        raise UpstreamError(_complaint(raw))
    fields = _FIELD.findall(match[3])
    if len(fields) > max_fields:
        raise UpstreamError(f"the backend's answer has {len(fields)} header fields, {max_fields} are allowed")
    if b" \r\n" in raw or b"\t\r\n" in raw:
        fields = [(name, value.rstrip(b" \t")) for name, value in fields]
    status = int(match[2])
    is_current = match[1] == b"1"
    lowered = raw.lower()
    length = _length(status, lowered, is_current)
    # NOTE: connections of HTTP/1.0 are never reused, whatever they promise
    is_persistent = is_current and length != UNTIL_CLOSE and not _announces_close(lowered)
    return Head(status, Headers.from_raw(fields), length, is_persistent)


def check_beginning(raw: bytes, *, max_bytes: int) -> None:
    """UpstreamError as soon as an unfinished head is too long or can no longer become a good one."""
    if len(raw) > max_bytes:
        raise _too_long(max_bytes)
    if raw[:7] != b"HTTP/1."[:len(raw)] or raw.count(b"\n") != raw.count(b"\r\n"):
        raise UpstreamError(_complaint(raw))


def check_interim(status: int, count: int, *, most: int) -> None:
    """UpstreamError for an interim answer that was not asked for, or for one too many."""
    if status == 101:
        raise UpstreamError("the backend switched protocols without being asked")
    if count > most:
        raise UpstreamError(f"the backend gave more than {most} interim answers")


def check_trailer(raw: bytes, *, max_fields: int = 128) -> None:
    """UpstreamError unless this is a trailer section with its empty line (RFC 9112 §7.1.2)."""
    if not _FIELDS.fullmatch(raw) or raw.count(b"\n") > max_fields + 1:
        raise UpstreamError("the backend's answer has a malformed or too long trailer")


def _length(status: int, lowered: bytes, is_current: bool) -> int:
    """RFC 9112 §6.3, without its leniencies: whatever two readers could understand differently is refused (C-09)."""
    lengths = _values(lowered, b"\r\ncontent-length:")
    codings = _values(lowered, b"\r\ntransfer-encoding:")
    if codings:
        if lengths:
            raise UpstreamError("the backend's answer has both Content-Length and Transfer-Encoding")
        if codings != [b"chunked"] or not is_current:
            raise UpstreamError("the backend's answer has a Transfer-Encoding other than `chunked`")
    if len(lengths) > 1 or (lengths and not _LENGTH.fullmatch(lengths[0])):
        raise UpstreamError("the backend's answer has a malformed or repeated Content-Length")
    if status < 200 or status in (204, 304):
        return 0
    if codings:
        return CHUNKED
    return int(lengths[0]) if lengths else UNTIL_CLOSE


def _announces_close(lowered: bytes) -> bool:
    values = _values(lowered, b"\r\nconnection:")
    return bool(values) and any(token.strip() == b"close" for value in values for token in value.split(b","))


def _values(lowered: bytes, field: bytes) -> list[bytes]:
    values = []
    at = lowered.find(field)
    while at >= 0:
        start = at + len(field)
        at = lowered.find(b"\r\n", start)
        values.append(lowered[start:at].strip(b" \t"))
        at = lowered.find(field, at)
    return values


def _too_long(max_bytes: int) -> UpstreamError:
    return UpstreamError(f"the head of the backend's answer is longer than {max_bytes} bytes")


def _complaint(raw: bytes) -> str:
    if not _STATUS_LINE.match(raw):
        return "the backend's answer has a malformed status line, or is no HTTP/1"
    return "the backend's answer has a malformed header field"
