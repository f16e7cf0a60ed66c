"""The body of a request to an upstream, in the framing that KrakenD uses for it.

    framed(Request("POST", body=b"hello"))    # "\\r\\nTransfer-Encoding: chunked", b"5\\r\\nhello\\r\\n0\\r\\n\\r\\n"
"""
from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator

from krakpy_sdk import Request, UpstreamError

#: what tells a backend that the body waits for its word
EXPECTATION = b"\r\nExpect: 100-continue\r\n"
_CHUNKED = "\r\nTransfer-Encoding: chunked"
_EMPTY = "\r\nContent-Length: 0"
_NEEDS_LENGTH = frozenset({"PATCH", "POST", "PUT"})
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)

#: pieces from this size on are not copied into their chunks
_LARGE = 64 * 1024

Framed = tuple[str, bytes | AsyncIterable[bytes] | None]
"""The field that delimits the body, and the body as it is written."""


def framed(request: Request) -> Framed:
    """`Content-Length` where the request's headers have one, else chunked; for no body 0 with POST, PUT and PATCH.

    An empty body that was read, in order to be copied, is a body with those three (KrakenD: the same). The header
    counts if it is forwarded and has one numeric value.
    """
    body = request.body
    if body or (body is not None and request.method in _NEEDS_LENGTH):
        return _whole(request, body)
    if request.stream is not None:
        length = announced_length(request)
        if length is None:
            return _CHUNKED, chunked(request.stream)
        return f"\r\nContent-Length: {length}", counted(request.stream, length)
    return _EMPTY if request.method in _NEEDS_LENGTH else "", None


def expecting(request: Request) -> Framed:
    """As `framed`, with `Expect: 100-continue` for a streamed body whose client asked for it."""
    framing, body = framed(request)
    is_streamed = body is not None and not isinstance(body, bytes)
    if is_streamed and request.headers.get("expect", "").lower() == "100-continue":
        framing += "\r\nExpect: 100-continue"
    return framing, body


def _whole(request: Request, body: bytes) -> Framed:
    if announced_length(request) is None:
        return _CHUNKED, (b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n")
    # NOTE: an extension may have changed the body since the client announced it
    return f"\r\nContent-Length: {len(body)}", body


def announced_length(request: Request) -> int | None:
    """The value of `Content-Length`, if there is one and it is a number."""
    values = [value for name, value in request.headers.pairs if name.lower() == "content-length"]
    return int(values[0]) if len(values) == 1 and _LENGTH.fullmatch(values[0]) else None


async def chunked(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The pieces as chunks (RFC 9112 §7.1)."""
    async for piece in pieces:
        if len(piece) >= _LARGE:
            # PERF: a copy of 256 KB takes 18 µs, most of them for memory that is new
            yield b"%x\r\n" % len(piece)
            yield piece
            yield b"\r\n"
        elif piece:
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


async def counted(pieces: AsyncIterable[bytes], length: int) -> AsyncIterator[bytes]:
    """The pieces as they are; UpstreamError if they are more or fewer bytes than announced."""
    left = length
    async for piece in pieces:
        left -= len(piece)
        if left < 0:
            break
        yield piece
    if left:
        # SECURITY: what is too much would be the next request on the connection
        raise UpstreamError("the body of the request is not as long as its Content-Length says")
