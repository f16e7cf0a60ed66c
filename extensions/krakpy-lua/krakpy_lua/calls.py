"""Calls that scripts make to other services, as Go's default client makes them.

    answer = call(Asked("GET", "http://users.test/7", b"", ()), timeout_s=1.5, agent="krakpy Version 1.0.0")
    answer.status, answer.body      # 200, b"{}"

They block, and belong into a thread.
"""
from __future__ import annotations

import http.client
import time
import zlib
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

MAX_BODY_BYTES = 10 * 1024 * 1024
_MAX_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: fields that the client writes itself
_OWN = frozenset({"host", "content-length", "transfer-encoding", "trailer", "connection"})
#: fields that do not follow a redirect to another host (Go: the same)
_SECRET = frozenset({"authorization", "cookie", "cookie2", "www-authenticate"})

Pairs = tuple[tuple[str, str], ...]


class Asked(NamedTuple):
    """What a script asks for."""

    method: str
    url: str
    body: bytes
    headers: Pairs


class Answer(NamedTuple):
    """What it gets."""

    status: int
    headers: Pairs
    body: bytes

    def values(self, name: str) -> list[str]:
        """All values of a field, in any case."""
        return [value for own, value in self.headers if own.lower() == name.lower()]


class CallError(Exception):
    """There is no answer."""


def call(asked: Asked, *, timeout_s: float, agent: str, max_bytes: int = MAX_BODY_BYTES) -> Answer:
    """The answer, after at most ten redirects; CallError if there is none in time."""
    until = time.monotonic() + timeout_s
    for _ in range(_MAX_REDIRECTS):
        answer = _once(asked, until, agent, max_bytes)
        to = answer.values("location")
        if answer.status not in _REDIRECTS or not to:
            return answer
        asked = _redirected(asked, answer.status, urljoin(asked.url, to[0]))
    raise CallError(f'Get "{asked.url}": stopped after {_MAX_REDIRECTS} redirects')


def _once(asked: Asked, until: float, agent: str, max_bytes: int) -> Answer:
    connection = None
    try:
        parts = urlsplit(asked.url)
        connection = _connection(parts, _left_s(until))
        _send(connection, asked, parts, agent)
        response = connection.getresponse()
        headers = tuple(response.getheaders())
        body = _read(connection, response, until, max_bytes)
        return _unpacked(Answer(response.status, headers, body), max_bytes)
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        # NOTE: its own words may hold anything of the request
        told = str(error) if isinstance(error, OSError) else type(error).__name__
        raise CallError(f'{asked.method.capitalize()} "{asked.url}": {told}') from error
    finally:
        if connection is not None:
            connection.close()


def _left_s(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("context deadline exceeded")
    return left


def _connection(parts: SplitResult, timeout_s: float) -> http.client.HTTPConnection:
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OSError(f'unsupported protocol scheme "{parts.scheme}"')
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, parts.port, timeout=timeout_s)


def _send(connection: http.client.HTTPConnection, asked: Asked, parts: SplitResult, agent: str) -> None:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.putrequest(asked.method, target, skip_accept_encoding=True)
    names = {name.lower() for name, _ in asked.headers}
    for name, value in asked.headers:
        if name.lower() not in _OWN:
            connection.putheader(name, value.encode("latin-1", "replace"))
    if "user-agent" not in names:
        connection.putheader("User-Agent", agent)
    if "accept-encoding" not in names:
        connection.putheader("Accept-Encoding", "gzip")
    if asked.body or asked.method in ("POST", "PUT", "PATCH"):
        connection.putheader("Content-Length", str(len(asked.body)))
    connection.endheaders(asked.body or None)


def _read(
    connection: http.client.HTTPConnection, response: http.client.HTTPResponse, until: float, max_bytes: int
) -> bytes:
    pieces, size = [], 0
    while piece := response.read1(65536):
        size += len(piece)
        if size > max_bytes:
            raise OSError(f"the answer has more than {max_bytes} bytes")
        pieces.append(piece)
        if connection.sock is not None:
            connection.sock.settimeout(_left_s(until))
    return b"".join(pieces)


def _unpacked(answer: Answer, max_bytes: int) -> Answer:
    """The answer as its sender had it before it was packed for us."""
    if [value.lower() for value in answer.values("content-encoding")] != ["gzip"]:
        return answer
    inflater = zlib.decompressobj(wbits=31)
    body = inflater.decompress(answer.body, max_bytes)
    if inflater.unconsumed_tail:
        raise OSError(f"the answer has more than {max_bytes} bytes")
    gone = ("content-encoding", "content-length")
    return Answer(answer.status, tuple(pair for pair in answer.headers if pair[0].lower() not in gone), body)


def _redirected(asked: Asked, status: int, url: str) -> Asked:
    """What is asked next: GET without a body where the status says so."""
    headers = asked.headers
    if urlsplit(url).hostname != urlsplit(asked.url).hostname:
        headers = tuple(pair for pair in headers if pair[0].lower() not in _SECRET)
    if status in (307, 308):
        return asked._replace(url=url, headers=headers)
    return Asked("HEAD" if asked.method == "HEAD" else "GET", url, b"", headers)
