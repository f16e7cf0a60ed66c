"""The body of a client's request, read as somebody asks for it."""
from __future__ import annotations

from collections.abc import AsyncIterator

from krakpy_sdk import Receive, RejectedError

#: nginx's word for a client that went away before it was answered
CLIENT_GONE = 499


class ClientBody(AsyncIterator[bytes]):
    """The pieces of a body as they come, to be read once; RejectedError where the client goes away before the end."""

    __slots__ = ("_is_taken", "_receive", "is_read")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_taken = False
        self.is_read = False

    def __aiter__(self) -> ClientBody:
        if self._is_taken:
            raise RuntimeError("the client's body has been read already; who needs it twice has to keep it")
        self._is_taken = True
        return self

    async def __anext__(self) -> bytes:
        while not self.is_read:
            message = await self._receive()
            if message["type"] != "http.request":
                raise RejectedError("the client went away before its request was complete", status=CLIENT_GONE)
            self.is_read = not message.get("more_body", False)
            piece: bytes = message.get("body", b"")
            if piece:
                return piece
        raise StopAsyncIteration
