"""Addresses of hosts, asked off the event loop and remembered for a moment."""
from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from krakpy_sdk import Refused

#: so that a burst of new connections asks once, and a moved host is followed soon
_TTL_S = 5.0
_MAX_HOSTS = 256


class Address(NamedTuple):
    """One way to reach a host."""

    family: int
    sockaddr: tuple[str, int] | tuple[str, int, int, int]


Lookup = Callable[[str, int], Awaitable[Sequence[Address]]]


class Resolver:
    """Answers from its memory, else asks the system's resolver; several who ask at once share one question."""

    def __init__(self, *, lookup: Lookup | None = None, ttl_s: float = _TTL_S) -> None:
        self._lookup = lookup or look_up
        self._ttl_s = ttl_s
        self._known: dict[tuple[str, int], tuple[float, asyncio.Future[Sequence[Address]]]] = {}

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        """All addresses, in the order to try them; Refused if there are none (C-21)."""
        now = asyncio.get_running_loop().time()
        expires, question = self._known.get((host, port), (0.0, None))
        # NOTE: one that hangs is not asked again, so that there is never more than one question for a host
        if question is None or (question.done() and expires <= now):
            question = asyncio.ensure_future(self._lookup(host, port))
            question.add_done_callback(_mark_seen)
            self._remember((host, port), now + self._ttl_s, question)
        try:
            # NOTE: who gives up waiting must not end the question for the others
            return await asyncio.shield(question)
        except (OSError, UnicodeError) as error:
            self._known.pop((host, port), None)
            raise Refused(f"the host name {host!r} has no address: {error}") from error

    def _remember(
        self, key: tuple[str, int], expires: float, question: asyncio.Future[Sequence[Address]]
    ) -> None:
        if len(self._known) >= _MAX_HOSTS:
            self._known.clear()
        self._known[key] = (expires, question)


def _mark_seen(question: asyncio.Future[Sequence[Address]]) -> None:
    if not question.cancelled():
        question.exception()


async def look_up(host: str, port: int) -> Sequence[Address]:
    """What the system's resolver knows (hosts file, search list, order by RFC 6724), asked in a thread."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[Address]] = loop.create_future()

    def settle(found: Sequence[Address] | Exception) -> None:
        if answer.done():
            return
        if isinstance(found, Exception):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def ask() -> None:
        try:
            found: Sequence[Address] | Exception = _asked(host, port)
        except (OSError, UnicodeError) as error:
            found = error
        with contextlib.suppress(RuntimeError):  # the event loop has ended meanwhile
            loop.call_soon_threadsafe(settle, found)

    # NOTE: a thread of its own, because event loops have four to six for everybody, which a name server that hangs
    # would use up; as a daemon it keeps no process from ending
    threading.Thread(target=ask, name=f"dns {host}", daemon=True).start()
    return await answer


def _asked(host: str, port: int) -> Sequence[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror:
        if not host.endswith("."):
            raise
        # NOTE: /etc/hosts has no name with the dot at its end that targets of SRV records have (Go: looks without it)
        found = socket.getaddrinfo(host.removesuffix("."), port, type=socket.SOCK_STREAM)
    return [Address(family, sockaddr) for family, _, _, _, sockaddr in found]  # type: ignore[arg-type]
