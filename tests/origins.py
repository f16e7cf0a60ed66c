"""All origins of a gateway, in the test's hands: requests come as bytes, and answers are bytes, without sockets.

    upstream = Origins(answering(ok(b"{}")))
    pool._dialer = upstream
    upstream.requests       # what was asked
"""
import asyncio
import json
import re
import socket
from collections.abc import Callable, Iterable

#: what an upstream says when it says no more: it closes, or breaks its connection
END, BREAK = object(), object()
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


def ok(body: bytes = b"{}", *fields: bytes, status: bytes = b"200 OK") -> bytes:
    """An answer whose length is known."""
    return b"\r\n".join((b"HTTP/1.1 " + status, *fields, b"Content-Length: %d" % len(body), b"", body))


def answering(*pieces):
    """What gives this answer to every request."""
    return lambda _: pieces


def echo(request):
    """Answers with what was asked."""
    line, *lines = request.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    return [ok(json.dumps({"line": line, **fields}).encode())]


class Line(asyncio.Transport):
    """The upstream's end of one connection."""

    def __init__(self, upstream: "Origins", origin, connection) -> None:
        super().__init__({"socket": upstream.quiet})
        self.origin = origin
        self._upstream = upstream
        self._connection = connection
        self._received = b""
        self._pieces: list = []
        self._is_paused = False
        self.is_gone = False

    def write(self, data) -> None:
        self._received += data
        while not self.is_gone and (end := self._end_of_request()):
            request, self._received = self._received[:end], self._received[end:]
            self._upstream.requests.append(request)
            self._upstream.asked.append(str(self.origin))
            self._upstream.lines.append(self)
            self.say(*self._upstream.answer(request))

    @property
    def is_idle(self) -> bool:
        """Whether the gateway waits for nothing of it."""
        return self._connection._exchange is None

    def _end_of_request(self) -> int:
        end = self._received.find(b"\r\n\r\n") + 4
        if end == 3:
            return 0
        if b"\r\nTransfer-Encoding: chunked\r\n" in self._received[:end]:
            return self._received.find(b"0\r\n\r\n", end) + 5 if b"0\r\n\r\n" in self._received[end:] else 0
        length = _LENGTH.search(self._received[:end])
        end += int(length[1]) if length else 0
        return end if len(self._received) >= end else 0

    def say(self, *pieces) -> None:
        """Answer these, each read by itself."""
        self._pieces += pieces
        asyncio.get_running_loop().call_soon(self._give)

    def _give(self) -> None:
        if not self._pieces or self._is_paused or self.is_gone:
            return
        if self._pieces[0] not in (END, BREAK):
            self._connection.data_received(self._pieces.pop(0))
        # NOTE: an end is read with what stands before it, so that nobody is faster
        if self._pieces and self._pieces[0] in (END, BREAK):
            if self._pieces.pop(0) is END and not self.is_gone:
                self._connection.eof_received()
            self.abort()
        asyncio.get_running_loop().call_soon(self._give)

    def pause_reading(self) -> None:
        self._is_paused = True

    def resume_reading(self) -> None:
        self._is_paused = False
        asyncio.get_running_loop().call_soon(self._give)

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.is_gone

    def abort(self) -> None:
        if not self.is_gone:
            self.is_gone = True
            self._upstream.gone += 1
            asyncio.get_running_loop().call_soon(self._connection.connection_lost, None)


class Origins:
    """All origins of a gateway: `answer` gives the pieces of the answer to a request, none if it keeps quiet."""

    def __init__(self, answer: Callable[[bytes], Iterable], *, is_reachable: bool = True) -> None:
        self.answer = answer
        self.is_reachable = is_reachable
        """Whether connections are made; else they are waited for."""
        self.requests: list[bytes] = []
        self.asked: list[str] = []
        """The origins of those requests."""
        self.lines: list[Line] = []
        """And their connections."""
        self.dials = 0
        self.gone = 0
        """How many connections the gateway has given up."""
        self._ends = socket.socketpair()
        self.quiet = self._ends[0]

    async def dial(self, origin, protocol, due):
        self.dials += 1
        if not self.is_reachable:
            await asyncio.get_running_loop().create_future()
        connection = protocol()
        connection.connection_made(Line(self, origin, connection))
        return connection

    def close(self) -> None:
        for end in self._ends:
            end.close()
