"""The place of one host, as a worker sees it: a socket that is always there, and whoever answers behind it.

A slot keeps one connection. When the host ends, the next one accepts what waits at the same socket.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable

from krakpy.codes import Code
from krakpy.extension.link import Fields, Link
from krakpy.extension.remote_errors import HostDown

#: pause between attempts to connect while nobody greets
RECONNECT_S = 0.05


class Slot:
    """One socket of an instance. `is_expected` says whether the supervisor expects a host behind it soon."""

    def __init__(
        self, path: str, number: int = 0, *, is_expected: Callable[[], bool] = lambda: True, reason: str = ""
    ) -> None:
        self._path = path
        self._reason = reason
        self.number = number
        """Its number on the supervisor's board."""
        self.link: Link | None = None
        """What calls can be sent on, if there is anything."""
        self.on_ready: Callable[[], None] = _ignore
        self.on_answer: Callable[[Fields, bytes], bool] = _unasked
        self.on_lost: Callable[[Slot, Link, str], None] = _ignore
        self._is_expected = is_expected
        self._links: set[Link] = set()
        self._connecting: asyncio.Task[None] | None = None
        self._is_closed = False

    @property
    def is_down(self) -> bool:
        """Whether nobody is there and nobody is expected soon."""
        return self.link is None and not self._is_expected()

    def why_down(self) -> HostDown:
        """Why nobody is there, as far as the supervisor says."""
        try:
            with open(self._reason, encoding="utf-8") as file:
                name, _, text = file.read().partition(" ")
            return HostDown(text, Code[name])
        except (OSError, KeyError):
            return HostDown("no host is there")

    def open(self) -> None:
        """Connect, now or as soon as somebody listens."""
        self._connect_after(0.0)

    def close(self) -> None:
        """Disconnect for good."""
        self._is_closed = True
        if self._connecting is not None:
            self._connecting.cancel()
        for link in self._links:
            link.close()

    def _connect_after(self, pause_s: float) -> None:
        if self._connecting is None and not self._is_closed:
            self._connecting = asyncio.get_running_loop().create_task(self._connect(pause_s))

    async def _connect(self, pause_s: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(pause_s)
            pause_s = RECONNECT_S
            try:
                _, link = await loop.create_unix_connection(self._new_link, self._path)
            except OSError:
                continue
            self._links.add(link)
            self._connecting = None
            if link.is_lost:
                self._dropped(link, "")
            return

    def _new_link(self) -> Link:
        return Link(on_hello=self._greeted, on_answer=self.on_answer, on_leave=self._left, on_lost=self._dropped)

    def _greeted(self, link: Link) -> None:
        self.link = link
        self.on_ready()

    def _left(self, link: Link) -> None:
        """The host asks to be left: what is under way may end there, what comes goes to its successor."""
        if link is self.link:
            self.link = None
            self._connect_after(0.0)
        link.leave()

    def _dropped(self, link: Link, breach: str) -> None:
        self._links.discard(link)
        was_current = link is self.link
        if was_current:
            self.link = None
        if self._is_closed:
            return
        self.on_lost(self, link, breach)
        if self.link is None:
            self._connect_after(0.0 if was_current and not breach else RECONNECT_S)


def _ignore(*_: object) -> None: ...


def _unasked(*_: object) -> bool:
    return False
