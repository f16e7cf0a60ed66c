"""The head of a request to an upstream: what a Request says as bytes that no value can break out of.

    writer = HeadWriter(asks_for_gzip=True, keeps_alive=True)
    writer.write(request, "/users/1", "api.example:8080", framing="")
"""
from __future__ import annotations

import re
from urllib.parse import quote

from krakpy_sdk import Request, UpstreamError

#: what the connection to the upstream decides by itself; never passed on (RFC 9110 §7.6.1)
_OWN_FIELDS = frozenset({
    "connection", "content-length", "expect", "host", "http2-settings", "keep-alive", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
#: what Go's client calls itself when a header filter has dropped the gateway's name (KrakenD: the same)
_DEFAULT_USER_AGENT = "\r\nUser-Agent: Go-http-client/1.1"
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROLS = bytes(byte for byte in (*range(0x20), 0x7F) if byte != 0x09)
_MAX_NAMES = 1024

_SAFE_TARGET = re.compile(
    r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@\[\]/]++|%[0-9A-Fa-f]{2})*+(?:\?[!-\"$-~]*+)?", re.ASCII
)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_SAFE = "$&+,/:;=@%"
_QUERY_SAFE = "".join(map(chr, range(0x21, 0x7F)))


def asks_for_gzip(request: Request) -> bool:
    """Whether the gateway itself asks for a compressed answer, so that it has to unpack it (Go: http.Transport)."""
    return request.method != "HEAD" and "accept-encoding" not in request.headers and "range" not in request.headers


class HeadWriter:
    """Writes heads; header names are in KrakenD's form (`X-User-Id`), order and values as given."""

    def __init__(self, *, asks_for_gzip: bool, keeps_alive: bool) -> None:
        self._asks_for_gzip = asks_for_gzip
        self._end = "\r\n\r\n" if keeps_alive else "\r\nConnection: close\r\n\r\n"
        self._names = FieldNames()

    def write(self, request: Request, target: str, authority: str, framing: str) -> bytes:
        """The head; `framing` is the field that delimits the body. UpstreamError for what cannot be written safely."""
        return self.line(request.method, target, authority) + self.tail(request, framing)

    def line(self, method: str, target: str, authority: str) -> bytes:
        """The head's beginning: the request line and `Host`."""
        if method not in _METHODS and not _TOKEN.fullmatch(method):
            raise UpstreamError(f"{method!r} is no method")
        return f"{method} {target} HTTP/1.1\r\nHost: {authority}".encode("ascii")

    def tail(self, request: Request, framing: str) -> bytes:
        """The rest of it."""
        names = self._names
        lines = [start + value for name, value in request.headers.pairs if (start := names[name])]
        fields = "".join(lines)
        raw = encoded(fields)
        # SECURITY: one CR and one LF for each line, and no other control character, whatever an extension has put there
        if len(raw) - len(raw.translate(None, _CONTROLS)) != 2 * len(lines):
            raise UpstreamError("a header field for the backend has a control character")
        agent = "" if "\r\nUser-Agent: " in fields else _DEFAULT_USER_AGENT
        gzip = "" if self._is_gzip_settled(request.method, fields) else "\r\nAccept-Encoding: gzip"
        return raw + f"{agent}{gzip}{framing}{self._end}".encode("ascii")

    def _is_gzip_settled(self, method: str, fields: str) -> bool:
        # PERF: a search in text that is there anyway, where `Headers` would build an index
        return (
            "\r\nAccept-Encoding: " in fields
            or not self._asks_for_gzip
            or method == "HEAD"
            or "\r\nRange: " in fields
        )


def encoded(fields: str) -> bytes:
    """Field values as bytes: those that came off a wire as they were (ISO-8859-1), others in UTF-8, as Go has them."""
    try:
        return fields.encode("latin-1")
    except UnicodeEncodeError:
        return b"\r\n".join(map(_encoded_line, fields.split("\r\n")))


def _encoded_line(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", "surrogatepass")


class FieldNames(dict[str, str]):
    """From a field's name in any case to how its line begins; empty for fields that are not passed on."""

    def __missing__(self, name: str) -> str:
        if not _TOKEN.fullmatch(name):
            raise UpstreamError(f"{name!r} is no name of a header field")
        if len(self) >= _MAX_NAMES:
            self.clear()
        start = "" if name.lower() in _OWN_FIELDS else f"\r\n{canonical(name)}: "
        self[name] = start
        return start


def canonical(name: str) -> str:
    """The name as Go writes it: `x-user-id` → `X-User-Id` (textproto.CanonicalMIMEHeaderKey)."""
    return "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))


def safe_target(target: str) -> str:
    """The target as it may stand in a request line: a path is needed, a fragment dropped, what is not ASCII encoded.

    Bytes that are valid in a path stay; once one needs encoding, all that Go encodes are (KrakenD: `[ ]` are raw in
    `/x/map[k:1]`). NOTE: unlike Go, `%2F` stays what it is then, and a space in a query is encoded.
    UpstreamError for control characters and for `%` without two digits.
    """
    if _SAFE_TARGET.fullmatch(target):
        return target
    path, mark, query = target.partition("#")[0].partition("?")
    if not target.isprintable() and any(char < " " or char == "\x7f" for char in target):
        raise UpstreamError("a backend's URL has a control character")
    if _BROKEN_ESCAPE.search(path):
        raise UpstreamError("a backend's URL has an invalid escape")
    path = path or "/"
    if not _SAFE_TARGET.fullmatch(path):
        path = quote(path, safe=_PATH_SAFE, errors="surrogateescape")
    return path + mark + quote(query, safe=_QUERY_SAFE, errors="surrogateescape")
