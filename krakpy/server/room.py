"""How many connections a worker has, and may have: in all, and of one address.

    room = Room(Limits(), most_descriptors())
    room.admit(connection, "192.0.2.1")     # whether there is room for it
    room.leave(connection, "192.0.2.1")
"""
from __future__ import annotations

import logging
import resource
from collections import Counter
from typing import Protocol

from krakpy import logs
from krakpy.server.limits import Limits

LOG = logging.getLogger("krakpy.server")

#: connections beyond the limit that are told so at once; more of them are dropped without a word
_MOST_TOLD = 64


class Connection(Protocol):
    """What a worker does with a connection."""

    deadline: float
    """In the service's time."""

    def expire(self, now: float) -> None:
        """It has reached its deadline."""

    def drain(self, deadline: float) -> None:
        """It may wait for a request no longer than that."""

    def abort(self) -> None:
        """It ends now, whatever was under way."""


class Room:
    """The connections of one worker, and whether there is room for more."""

    def __init__(self, limits: Limits, descriptors: int) -> None:
        self.connections: set[Connection] = set()
        self._most = most_connections(limits, descriptors)
        self._most_told = self._most + min(_MOST_TOLD, 1 + self._most // 8)
        self._most_of_an_address = limits.max_connections_per_address
        self._addresses: Counter[str] = Counter()
        self._is_full = False

    def admit(self, connection: Connection, address: str) -> bool | None:
        """Whether there is room for one more; None where there is not even room to say so. `leave` has to follow."""
        self.connections.add(connection)
        self._addresses[address] += 1
        if len(self.connections) > self._most:
            self._tell_full()
            return None if len(self.connections) > self._most_told else False
        return not self._most_of_an_address or not address or self._addresses[address] <= self._most_of_an_address

    def leave(self, connection: Connection, address: str) -> None:
        """A connection has ended."""
        self.connections.discard(connection)
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]
        self._is_full = self._is_full and len(self.connections) > self._most * 0.9

    def _tell_full(self) -> None:
        if not self._is_full:
            self._is_full = True
            logs.event(LOG, logging.WARNING, "too many connections", limit=self._most)


def most_connections(limits: Limits, descriptors: int) -> int:
    """How many connections a worker may have: as many as it is told, but never most of its descriptors.

    NOTE: a worker that has run out of them cannot even refuse; and the backends want theirs too.
    """
    return min(limits.max_connections or descriptors // 2, descriptors * 3 // 4)


def most_descriptors() -> int:
    """How many descriptors this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else 1 << 20
