"""The end of the client seat: a Request with a `url` becomes bytes, and the bytes that come back a Response."""
from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable
from typing import NamedTuple

from krakpy_sdk import ClientSettings, Headers, Request, Response, UpstreamError

from krakpy.client.origin import Origin
from krakpy.client.origin_pool import OriginPool
from krakpy.client.pool import Pool
from krakpy.client.request_body import expecting, framed
from krakpy.client.request_head import HeadWriter, safe_target

_MAX_DESTINATIONS = 256
_AUTHORITY = re.compile(r"[A-Za-z0-9._~%\-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


class Destination(NamedTuple):
    """What a URL's beginning stands for."""

    pool: OriginPool
    authority: str


class Line(NamedTuple):
    """A request's beginning, and where it goes."""

    pool: OriginPool
    text: bytes


class HttpTransport:
    """Sends requests of one backend through the pool.

    The request is on the wire when the call returns, if an idle connection exists: whoever needs several answers calls
    several times and awaits them afterwards. Answers of `no-op` backends have a `stream`, unless all of the body came
    with the head; others have a `body`. Raises what `Pool.exchange` does, and UpstreamError for a request that cannot
    be written safely.
    """

    def __init__(self, settings: ClientSettings, pool: Pool) -> None:
        options = pool.options
        self._pool = pool
        self.wants_stream = settings.is_no_op
        self._writer = HeadWriter(
            asks_for_gzip=not options.disable_compression, keeps_alive=not options.disable_keep_alives
        )
        self._framed = expecting if options.expect_continue_timeout_s > 0 else framed
        self._destinations: dict[str, Destination] = {}

    def __call__(self, request: Request) -> Awaitable[Response]:
        line = self._addressed(request) if request.authority else self.line(request.method, request.url)
        framing, body = self._framed(request)
        return line.pool.exchange(
            line.text + self._writer.tail(request, framing),
            body,
            method=request.method,
            deadline=request.deadline,
            stream=self.wants_stream,
            make=response_of,
        )

    def _addressed(self, request: Request) -> Line:
        """The beginning of a request that names another host than the one that it is sent to."""
        if not _AUTHORITY.fullmatch(request.authority):
            raise UpstreamError(f"{request.authority!r} is no value of `Host`")
        cut, destination = self._find(request.url)
        target = safe_target(request.url[cut:])
        return Line(destination.pool, self._writer.line(request.method, target, request.authority))

    def line(self, method: str, url: str) -> Line:
        """The beginning of a request's head, and the connections that it is for."""
        cut = url.find("/", 8)
        destination = self._destinations.get(url[:cut]) if cut > 0 else None
        if destination is None:
            cut, destination = self._find(url)
        return Line(destination.pool, self._writer.line(method, safe_target(url[cut:]), destination.authority))

    def tail(self, request: Request) -> bytes:
        """The rest of the head of a request that has no body."""
        return self._writer.tail(request, framed(request)[0])

    def _find(self, url: str) -> tuple[int, Destination]:
        """Where the target begins, and what stands before it."""
        match = _PREFIX.match(url)
        if match is None:
            raise UpstreamError(f"{url!r} is no absolute URL")
        origin = Origin.parse(match[0])
        if len(self._destinations) >= _MAX_DESTINATIONS:
            self._destinations.clear()
        destination = self._destinations[match[0]] = Destination(self._pool.at(origin), origin.authority)
        return match.end(), destination


def response_of(
    status: int, headers: Headers, body: bytes | None, stream: AsyncIterator[bytes] | None
) -> Response:
    """The parts of an answer as a Response."""
    return Response(status, headers=headers, body=body, stream=stream)


