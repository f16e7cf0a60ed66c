"""A request's body between the connection, which brings it, and the application, which asks for it."""
from __future__ import annotations

from krakpy.server.body import Body

#: what is held for an application that does not ask for it, before the connection is read no more
HIGH_WATER = 64 * 1024
#: what is read and dropped of a body that nobody wanted, so that its connection can be kept (Go: the same)
MOST_DROPPED = 256 * 1024


class Intake:
    """What has come of a body and was not taken yet."""

    __slots__ = ("_body", "_pieces", "expects", "held", "is_dropping", "received", "since")

    def __init__(self, body: Body, *, expects: bool, now: float) -> None:
        self._body = body
        self._pieces: list[bytes] = []
        self.expects = expects
        """Whether the client waits for `100 Continue`."""
        self.held = 0
        """Bytes that wait for the application."""
        self.received = 0
        """Bytes that have come."""
        self.is_dropping = False
        self.since = now
        """When it began to come, later by every time that it was not read."""

    @property
    def is_complete(self) -> bool:
        """Whether its end has come."""
        return self._body.is_complete

    @property
    def rest(self) -> bytes:
        """What came after its end."""
        return self._body.rest

    @property
    def is_full(self) -> bool:
        """Whether the application is too far behind."""
        return self.held > HIGH_WATER

    @property
    def keeps(self) -> bool:
        """Whether its connection can serve another request although the answer has begun already."""
        missing = self._body.missing
        return self.is_complete or (not self.expects and missing is not None and missing <= MOST_DROPPED)

    def feed(self, data: bytes) -> None:
        """Take what came in; RefusedError where it is no body."""
        pieces = self._body.feed(data)
        size = sum(map(len, pieces))
        self.received += size
        self.expects = False
        if not self.is_dropping:
            self.held += size
            self._pieces += pieces

    def take(self) -> bytes:
        """All that waits."""
        pieces = self._pieces
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._pieces = []
        self.held = 0
        return data

    def drop(self) -> None:
        """Nobody will ask for the rest."""
        self.is_dropping = True
        self._pieces = []
        self.held = 0
