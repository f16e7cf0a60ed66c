"""One request of a client that is under way, and what is known of the client meanwhile."""
from __future__ import annotations

import asyncio

from krakpy_sdk import Receive

from krakpy.router.client_body import ClientBody


class Call:
    """Where the client is heard, and whether it is being watched."""

    __slots__ = ("body", "is_known", "receive", "watcher")

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.body: ClientBody | None = None
        self.is_known = False
        self.watcher: asyncio.Task[None] | None = None
