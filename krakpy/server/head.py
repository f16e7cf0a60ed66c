"""Reads the complete head of a request, and refuses what is no request: pure, and strict in every byte.

    head = read(b"GET /a?b=1 HTTP/1.1\r\nHost: x\r\n\r\n")
    head.line.path, head.fields.headers

Nothing is mended and nothing is guessed: RFC 9112 says what a head may hold, and what it leaves open is refused where
two readers could differ. What may be checked before the head is complete is in `scanning`.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv6Address
from typing import Any, NamedTuple

from krakpy.server.refusals import Refusal

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
#: a field's line; its value may hold what a text holds, and bytes beyond ASCII (RFC 9110 §5.5)
FIELD = TOKEN + rb":[\t\x20-\x7e\x80-\xff]*+"
#: a path and its query. NOTE: Go takes `#` for a byte of the path, and so must who answers as KrakenD does
ORIGIN = rb"(/[\x21-\x3e\x40-\x7e]*+)(?:\?([\x21\x22\x24-\x7e]*+))?"

#: PERF: one match for the line of almost every request: method, path, query and version
ORDINARY_LINE = re.compile(rb"(" + TOKEN + rb") " + ORIGIN + rb" HTTP/1\.([01])\r\n")
BLOCK = re.compile(rb"(?:" + FIELD + rb"\r\n)*+\r\n")
FIELD_LINE = re.compile(FIELD)
_LINE = re.compile(rb"(" + TOKEN + rb") ([\x21-\x7e]++) HTTP/([0-9])\.([0-9])")
_ORIGIN = re.compile(ORIGIN)
_ABSOLUTE = re.compile(rb"(?i:https?)://([^/?#]*+)(/[\x21-\x3e\x40-\x7e]*+)?(?:\?([\x21\x22\x24-\x7e]*+))?")
#: SECURITY: a name has no comma and nothing encoded, although RFC 3986 lets it
_HOST = re.compile(rb"(?:(?:\[([0-9A-Fa-f:.]++)\]|[A-Za-z0-9\-._~!$&'()*+;=]++)(?::([0-9]{0,5}))?)?")
_DIGITS = re.compile(rb"[0-9]{1,18}")
_CODINGS = re.compile(TOKEN + rb"(?:[\t ]*+,[\t ]*+" + TOKEN + rb")*+")

#: the value of `Fields.length` of a body in chunks
CHUNKED = -1

#: fields that say who the client is, or frame the message: no other spelling of one may pass beside it
_OWNED = frozenset({
    b"authorization", b"content-length", b"cookie", b"forwarded", b"host", b"proxy-authorization", b"transfer-encoding",
    b"true-client-ip", b"via", b"x-client-ip", b"x-real-ip", b"x-user", b"x-user-id",
})
_OWNED_PREFIXES = (b"x-forwarded-", b"x-krakend", b"cf-connecting-")
#: PERF: what almost every `Connection` says, and names nothing else
_KEEPS = frozenset({b"keep-alive", b"Keep-Alive"})
#: codings that somebody could mean (RFC 9112 §12.3, RFC 9110 §18.6)
_REGISTERED = frozenset({b"br", b"compress", b"deflate", b"gzip", b"x-compress", b"x-gzip", b"zstd"})
#: fields of which a second one would have two readers choose differently
_ONCE = (b"host", b"content-length", b"transfer-encoding", b"content-type")


class Line(NamedTuple):
    """What the request line says."""

    method: bytes
    path: bytes
    query: bytes
    minor: int
    """The version: HTTP/1.0 or 1.1."""
    authority: bytes | None = None
    """The one of a target in absolute form."""


class Fields:
    """What the header fields say, as far as the wire has to know it."""

    __slots__ = ("closes", "expects", "headers", "host", "keeps", "kept", "length")

    def __init__(self, headers: list[tuple[bytes, bytes]]) -> None:
        self.headers = headers
        """Names in lower case, values without the spaces around them, in order."""
        self.kept: dict[object, Any] = {}
        """What the application has made of them: see `krakpy.direct`."""
        self.host: bytes | None = None
        self.length = 0
        """How long the body is, in bytes; `CHUNKED` where it tells by itself."""
        self.closes = False
        """Whether `Connection` says `close`."""
        self.keeps = False
        """Whether it says `keep-alive`."""
        self.expects = False
        """Whether the client waits for `100 Continue`."""


class Head(NamedTuple):
    """A request's head that may be served."""

    line: Line
    fields: Fields


def read(head: bytes) -> Head | Refusal:
    """What a complete head says, from its request line to its empty line."""
    end = head.find(b"\r\n")
    line = read_line(head[:end])
    if isinstance(line, Refusal):
        return line
    fields = read_fields(head[end + 2 :])
    if isinstance(fields, Refusal):
        return fields
    return disagreement(fields, line.minor, line.authority) or Head(line, fields)


def read_line(line: bytes) -> Line | Refusal:
    """What a request line says, without its end."""
    found = _LINE.fullmatch(line)
    if found is None:
        return Refusal.BAD
    method, target, major, minor = found.groups()
    if major != b"1" or minor not in b"01":
        # NOTE: the preface of HTTP/2 is such a line too
        return Refusal.VERSION
    if method == b"CONNECT":
        return Refusal.METHOD
    return _read_target(method, target, int(minor))


def _read_target(method: bytes, target: bytes, minor: int) -> Line | Refusal:
    if found := _ORIGIN.fullmatch(target):
        return Line(method, found[1], found[2] or b"", minor)
    if found := _ABSOLUTE.fullmatch(target):
        return Line(method, found[2] or b"/", found[3] or b"", minor, found[1])
    if target == b"*" and method == b"OPTIONS":
        return Line(method, target, b"", minor)
    return Refusal.BAD


def read_fields(block: bytes) -> Fields | Refusal:
    """What the lines below the request line say, from the first to the empty one."""
    if not BLOCK.fullmatch(block):
        return Refusal.BAD
    lines = block.split(b"\r\n")
    del lines[-2:]
    headers = [(name.lower(), value.strip()) for name, _, value in [line.partition(b":") for line in lines]]
    own = dict(headers)
    if len(own) != len(headers):
        names = [name for name, _ in headers]
        if any(names.count(name) > 1 for name in _ONCE):
            return Refusal.BAD
    if b"_" in block and any(_is_owned(name.replace(b"_", b"-")) for name in own if b"_" in name):
        return Refusal.BAD
    fields = Fields(headers)
    return _read_framing(fields, own) or _read_host(fields, own) or _read_wishes(fields, own) or fields


def _read_framing(fields: Fields, own: dict[bytes, bytes]) -> Refusal | None:
    length, coding = own.get(b"content-length"), own.get(b"transfer-encoding")
    if coding is not None:
        fields.length = CHUNKED
        return Refusal.BAD if length is not None else _of_coding(coding.lower())
    if length is not None:
        if not _DIGITS.fullmatch(length):
            return Refusal.BAD
        fields.length = int(length)
    return None


def _of_coding(coding: bytes) -> Refusal | None:
    if coding == b"chunked":
        return None
    codings = [name.strip() for name in coding.split(b",")]
    # SECURITY: what somebody could read as chunked, or as nothing, is not merely unsupported (RFC 9112 §6.3)
    is_last = codings[-1] == b"chunked" and codings.count(b"chunked") == 1 and b"identity" not in codings
    # NOTE: KrakenD answers 501 to `gzip` alone too
    if (is_last and _CODINGS.fullmatch(coding)) or _REGISTERED.issuperset(codings):
        return Refusal.CODING
    return Refusal.BAD


def _read_host(fields: Fields, own: dict[bytes, bytes]) -> Refusal | None:
    host = fields.host = own.get(b"host")
    return None if host is None or _is_host(host) else Refusal.BAD


def _is_host(host: bytes) -> bool:
    found = _HOST.fullmatch(host)
    if found is None or int(found[2] or 0) > 65535:
        return False
    return found[1] is None or _is_ipv6(found[1].decode())


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _read_wishes(fields: Fields, own: dict[bytes, bytes]) -> Refusal | None:
    connection = own.get(b"connection")
    if connection is not None and (connection not in _KEEPS or len(own) != len(fields.headers)):
        named = options(value for name, value in fields.headers if name == b"connection")
        fields.closes = b"close" in named
        fields.keeps = b"keep-alive" in named
        if any(map(_is_owned, named)):
            return Refusal.BAD
    elif connection is not None:
        fields.keeps = True
    if b"expect" in own:
        if options(value for name, value in fields.headers if name == b"expect") != {b"100-continue"}:
            return Refusal.EXPECTATION
        fields.expects = fields.length != 0
    return None


def options(values: Iterable[bytes]) -> set[bytes]:
    """The elements of lists, in lower case."""
    return {option.strip().lower() for value in values for option in value.split(b",")}


def _is_owned(name: bytes) -> bool:
    return name in _OWNED or name.startswith(_OWNED_PREFIXES)


def disagreement(fields: Fields, minor: int, authority: bytes | None = None) -> Refusal | None:
    """What is wrong with the fields for such a request line, if anything."""
    if minor == 0:
        if fields.length == CHUNKED:
            return Refusal.BAD
    elif fields.host is None:
        return Refusal.NO_HOST
    if authority is not None and not _is_same(authority, fields.host):
        return Refusal.BAD
    return None


def _is_same(authority: bytes, host: bytes | None) -> bool:
    """Whether a target in absolute form names the same place as `Host`, which HTTP/1.0 may leave out."""
    return bool(authority) and _is_host(authority) and (host is None or authority.lower() == host.lower())
