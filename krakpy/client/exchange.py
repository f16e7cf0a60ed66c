"""One request on its way to an origin, which is also the future of its answer."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import Any, Protocol, TypeVar

import msgspec
from krakpy_sdk import Headers

from krakpy.proxy import Promise

T = TypeVar("T")

#: the text of KrakenD's error when an answer comes too late
DEADLINE_EXCEEDED = "context deadline exceeded"
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})


def late_head(head: bytes, transport: asyncio.BaseTransport) -> str:
    """The text of KrakenD's error when an answer does not begin within `response_header_timeout`."""
    line, *fields = head.decode("latin-1").split("\r\n")
    method, target, _ = line.split(" ", 2)
    host = next((field[6:] for field in fields if field.lower().startswith("host: ")), "")
    scheme = "http" if transport.get_extra_info("sslcontext") is None else "https"
    return f'{method.capitalize()} "{scheme}://{host}{target}": net/http: timeout awaiting response headers'


class Answer(msgspec.Struct, frozen=True):
    """What an origin answered. One of `body` and `stream` is there.

    An exchange that asked for a stream has a `body` nevertheless when all of it came with the head.
    """

    status: int
    headers: Headers
    """Names as received; immutable and possibly shared with other answers."""
    body: bytes | None
    stream: AsyncIterator[bytes] | None


Make = Callable[[int, Headers, bytes | None, AsyncIterator[bytes] | None], T]
"""Makes what an exchange gives, from the parts of an `Answer`."""


class Holder(Protocol):
    """Who has an exchange at the moment: a connection, or the queue for one."""

    def drop(self, exchange: Exchange[Any]) -> None:
        """The exchange is cancelled: nobody waits for its answer any more."""


class Exchange(Promise[T]):
    """A request that is under way; await it for the answer, cancel it to close its connection (C-24)."""

    # PERF: a future that carries its own request, filled in by `OriginPool.exchange`: 0.3 µs less than a future, a
    # record and a callback that tells about cancellation
    __slots__ = ("body", "deadline", "head", "holder", "is_retry", "make", "method", "wants_stream")

    head: bytes
    body: bytes | AsyncIterable[bytes] | None
    method: str
    deadline: float
    """On the event loop's clock, or infinity."""
    wants_stream: bool
    make: Make[T]
    holder: Holder | None
    is_retry: bool

    def cancel(self, msg: Any | None = None) -> bool:
        """Gives up: the connection is closed at once, because an answer may still come on it."""
        holder = self.holder
        if holder is not None:
            self.holder = None
            holder.drop(self)
        return super().cancel(msg)

    def fail(self, error: BaseException) -> None:
        """Ends with this error, unless it has ended already."""
        self.holder = None
        if not self.done():
            self.set_exception(error)
            # NOTE: marks it as seen; who started several exchanges may well look at the first failure only
            self.exception()

    def may_be_repeated(self) -> bool:
        """Whether the request may be sent once more, given that no byte of an answer has come (RFC 9110 §9.2.2)."""
        is_replayable = self.body is None or isinstance(self.body, bytes)
        return is_replayable and not self.is_retry and self.method in _IDEMPOTENT
