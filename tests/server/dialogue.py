"""A client's conversation with the real protocol: bytes in, bytes out, no sockets, and a clock that the test turns.

    dialogue = Dialogue(app=application, limits=Limits(head_deadline_s=3))
    await dialogue.say(b"GET / HTTP/1.1\r\n", b"Host: x\r\n\r\n")
    assert dialogue.heard.startswith(b"HTTP/1.1 200 OK\r\n")
    await dialogue.wait(80)
    assert dialogue.is_closed
"""
import asyncio
from collections import deque

from krakpy.server.limits import Limits
from krakpy.server.protocol import Protocol
from krakpy.server.service import TICK_S, Service

#: the rounds of the event loop without a word after which an application is taken to wait
_ROUNDS = 20
#: as asyncio's transports have them
HIGH_WATER, LOW_WATER = 64 * 1024, 16 * 1024


class Dialogue:
    """One connection, from the client's side; `service` makes it one of several. It needs a running event loop."""

    def __init__(self, *, app=None, limits=None, service=None, peer=("192.0.2.7", 40000), tls=False) -> None:
        self.requests: list[dict] = []
        """The scope of each request that the application saw."""
        self.clock = Clock() if service is None else service._clock
        if service is None:
            loop, clock = asyncio.get_running_loop(), self.clock
            service = Service(self._seen(app or hello), limits or Limits(), loop=loop, clock=clock, wall=clock)
        self.service = service
        self.protocol = Protocol(service)
        self.transport = Transport(self.protocol, peer, tls=tls)
        self.protocol.connection_made(self.transport)

    def _seen(self, app):
        async def seeing(scope, receive, send):
            self.requests.append(scope)
            await app(scope, receive, send)

        return seeing

    async def say(self, *chunks: bytes) -> None:
        """Send these, each read by itself, and let the application do what it can."""
        for chunk in chunks:
            self.transport.unread.append(chunk)
            await self.settle()

    async def say_at_once(self, *chunks: bytes) -> None:
        """Send these so fast that the application has no time in between."""
        self.transport.unread.extend(chunks)
        await self.settle()

    async def end(self) -> None:
        """Say that nothing more will come; the answer could still be read."""
        self.transport.hear_end()
        await self.settle()

    async def leave(self) -> None:
        """Go away."""
        self.transport.lose()
        await self.settle()

    async def wait(self, seconds: float) -> None:
        """Let so much time pass."""
        until = self.clock.now + seconds
        while self.clock.now < until:
            # NOTE: nothing happens before the next deadline but ticks
            ahead = min(self.protocol.deadline, until) - self.clock.now
            self.clock.now += min(max(ahead, TICK_S), until - self.clock.now)
            self.service.tick()
            await self.settle()

    async def settle(self) -> None:
        """Let the application do what it can."""
        rounds, before = 0, -1
        while rounds < _ROUNDS and (self.transport.unread or len(asyncio.all_tasks()) > 1 or rounds < 2):
            self.transport.deliver()
            await asyncio.sleep(0)
            now = len(self.requests) + len(self.transport.heard)
            rounds = rounds + 1 if now == before else 0
            before = now
        self.transport.deliver()

    @property
    def heard(self) -> bytes:
        """All that was answered."""
        return bytes(self.transport.heard)

    @property
    def answers(self) -> list[bytes]:
        """What was answered, cut where answers begin."""
        return [b"HTTP/1." + answer for answer in self.heard.split(b"HTTP/1.")[1:]]

    @property
    def is_paused(self) -> bool:
        """Whether what the client sends is not read for the moment."""
        return self.transport.is_paused

    @property
    def is_closed(self) -> bool:
        """Whether the client sees that nothing more will come."""
        return self.transport.is_at_end or self.transport.is_lost

    @property
    def is_reset(self) -> bool:
        """Whether it ended without a clean end."""
        return self.transport.is_reset

    @property
    def is_lingering(self) -> bool:
        """Whether the client was told the end, and could still send without being reset."""
        return self.transport.is_at_end and not self.transport.is_lost

    def stop_reading(self) -> None:
        """Leave unread what is answered from here on."""
        self.transport.is_read = False

    def read(self, size: int | None = None) -> None:
        """Read so much of what is there, or all of it and go on reading."""
        self.transport.read(size)


class Clock:
    """Seconds, as the test has them pass."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Transport(asyncio.Transport):
    """The other end of a connection that is no socket."""

    def __init__(self, protocol, peer, *, tls: bool) -> None:
        super().__init__({"peername": peer, "sockname": ("192.0.2.1", 8080), "sslcontext": tls or None})
        self._protocol = protocol
        self._unsent = bytearray()
        self._high, self._low = HIGH_WATER, LOW_WATER
        self._is_stalled = False
        self._is_closing = False
        self._ends = False
        self._tls = tls
        self.unread: deque[bytes] = deque()
        self.heard = bytearray()
        self.is_paused = False
        self.is_read = True
        self.is_at_end = False
        self.is_lost = False
        self.is_reset = False

    # ---- the client's side

    def deliver(self) -> None:
        """Have the protocol read what was sent, unless it has paused."""
        while self.unread and not self.is_paused and not self._is_closing:
            self._protocol.data_received(self.unread.popleft())

    def hear_end(self) -> None:
        if not self._is_closing and not self._protocol.eof_received():
            self.close()

    def lose(self) -> None:
        if not self.is_lost:
            self._is_closing = self.is_lost = True
            self._protocol.connection_lost(None)

    def read(self, size: int | None) -> None:
        self.is_read = size is None
        size = len(self._unsent) if size is None else size
        self.heard += self._unsent[:size]
        del self._unsent[:size]
        if self._is_stalled and len(self._unsent) <= self._low:
            self._is_stalled = False
            self._protocol.resume_writing()
        self._finish()

    # ---- the protocol's side

    def write(self, data) -> None:
        assert not self._ends, "written after the end"
        if self._is_closing:
            return
        if self.is_read:
            self.heard += data
            return
        self._unsent += data
        if not self._is_stalled and len(self._unsent) > self._high:
            self._is_stalled = True
            self._protocol.pause_writing()

    def writelines(self, list_of_data) -> None:
        for data in list_of_data:
            self.write(data)

    def set_write_buffer_limits(self, high=None, low=None) -> None:
        self._high, self._low = HIGH_WATER if high is None else high, LOW_WATER if low is None else low

    def get_write_buffer_size(self) -> int:
        return len(self._unsent)

    def can_write_eof(self) -> bool:
        return not self._tls

    def write_eof(self) -> None:
        self._ends = True
        self._finish()

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        self._is_closing = self._ends = True
        self._finish()

    def abort(self) -> None:
        if not self.is_lost:
            self.is_reset = True
            self._is_closing = True
            self._unsent.clear()
            asyncio.get_running_loop().call_soon(self.lose)

    def _finish(self) -> None:
        if self._ends and not self._unsent:
            self.is_at_end = True
            if self._is_closing and not self.is_lost:
                asyncio.get_running_loop().call_soon(self.lose)


async def hello(scope, receive, send) -> None:
    """Read the request, and answer `hello`."""
    while (await receive()).get("more_body"):
        continue
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"hello"})
