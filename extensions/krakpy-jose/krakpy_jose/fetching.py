"""Downloads one small document over HTTP/1.1, within a deadline and a size.

    document = await fetch("https://idp.test/keys", context=context, deadline_s=10.0, max_bytes=1 << 20)
    document.status, document.content_type, document.body

No redirects, no proxies of the environment, no cookies, a connection of its own each time.
"""
from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

MAX_HEAD_BYTES = 16384

CheckPeer = Callable[[ssl.SSLObject], None]
"""Raises FetchError for a server that is not to be asked, although its certificate is good."""


class FetchError(Exception):
    """There is no document, and why; the words hold no secrets."""


class Document(NamedTuple):
    """What a server has answered."""

    status: int
    content_type: str
    body: bytes


async def fetch(
    url: str,
    *,
    context: ssl.SSLContext | None,
    deadline_s: float,
    max_bytes: int,
    check_peer: CheckPeer | None = None,
    agent: str = "krakpy-jose",
) -> Document:
    """The document at an address; FetchError for whatever goes wrong."""
    try:
        async with asyncio.timeout(deadline_s):
            return await _fetched(url, context, max_bytes, check_peer, agent)
    except TimeoutError:
        raise FetchError(f"no answer within {deadline_s:g} s") from None
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
        raise FetchError(f"{type(error).__name__}: {error}") from error


async def _fetched(
    url: str, context: ssl.SSLContext | None, max_bytes: int, check_peer: CheckPeer | None, agent: str
) -> Document:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError(f"{url!r} is no address of HTTP")
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    reader, writer = await asyncio.open_connection(
        parts.hostname, port, ssl=context if is_tls else None, limit=MAX_HEAD_BYTES
    )
    try:
        if is_tls and check_peer is not None:
            check_peer(writer.get_extra_info("ssl_object"))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        writer.write(_request(target, host, agent))
        return await _answer(reader, max_bytes)
    finally:
        writer.close()


def _request(target: str, host: str, agent: str) -> bytes:
    lines = (
        f"GET {target} HTTP/1.1", f"Host: {host}", f"User-Agent: {agent}", "Accept-Encoding: gzip", "Connection: close",
    )
    if any(not line.isprintable() for line in lines):
        raise FetchError("the address has characters that no request has")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _answer(reader: asyncio.StreamReader, max_bytes: int) -> Document:
    status, fields = await _head(reader)
    while 100 <= status < 200:
        status, fields = await _head(reader)
    body = await _body(reader, fields, max_bytes)
    encoding = fields.get("content-encoding", "identity").lower()
    if encoding == "gzip":
        body = _inflated(body, max_bytes)
    elif encoding != "identity":
        raise FetchError(f"the encoding {encoding!r} was not asked for")
    return Document(status, fields.get("content-type", ""), body)


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *rest = head.decode("latin-1")[:-4].split("\r\n")
    version, _, status = first.partition(" ")
    if not version.startswith("HTTP/1.") or not status[:3].isdigit():
        raise FetchError("the answer is no HTTP/1.1")
    fields = (line.partition(":") for line in rest)
    return int(status[:3]), {name.lower(): value.strip() for name, _, value in fields}


async def _body(reader: asyncio.StreamReader, fields: dict[str, str], max_bytes: int) -> bytes:
    coding = fields.get("transfer-encoding", "").lower()
    if coding == "chunked":
        return await _chunks(reader, max_bytes)
    if coding:
        raise FetchError(f"the transfer coding {coding!r} was not asked for")
    length = fields.get("content-length")
    if length is None:
        body = await _until_closed(reader, max_bytes)
    elif not length.isascii() or not length.isdigit():
        raise FetchError("the answer has a length that is none")
    else:
        _check_size(int(length), max_bytes)
        body = await reader.readexactly(int(length))
    return body


async def _chunks(reader: asyncio.StreamReader, max_bytes: int) -> bytes:
    body = bytearray()
    while True:
        size = int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16)
        _check_size(len(body) + size, max_bytes)
        if not size:
            return bytes(body)
        body += await reader.readexactly(size)
        await reader.readexactly(2)


async def _until_closed(reader: asyncio.StreamReader, max_bytes: int) -> bytes:
    body = bytearray()
    while piece := await reader.read(65536):
        body += piece
        _check_size(len(body), max_bytes)
    return bytes(body)


def _inflated(body: bytes, max_bytes: int) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise FetchError("the answer is no gzip") from error
    _check_size(len(unpacked), max_bytes)
    if not unpacking.eof:
        raise FetchError("the answer is cut short")
    return unpacked


def _check_size(size: int, max_bytes: int) -> None:
    if size < 0 or size > max_bytes:
        raise FetchError(f"the answer is larger than {max_bytes} bytes")
