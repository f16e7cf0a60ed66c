"""The connections of one worker to all upstreams.

    pool = Pool(settings.transport)
    answer = await pool.exchange(origin, head, None, method="GET", deadline=loop.time() + 2, stream=False)
    answer.status, answer.headers, answer.body
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable

from krakpy.client.bypass import Pipe
from krakpy.client.connection import Connection
from krakpy.client.dialing import Dialer
from krakpy.client.exchange import Answer, Exchange
from krakpy.client.options import Limits, TransportOptions, limits_of
from krakpy.client.origin import Origin
from krakpy.client.origin_pool import OriginPool


class Pool:
    """Owns every upstream connection of a worker, by origin; never shared by processes or event loops."""

    def __init__(
        self,
        transport: TransportOptions,
        *,
        limits: Limits | None = None,
        dialer: Dialer | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        roster: OldestFirst | None = None,
    ) -> None:
        self.options = transport
        self.limits = limits or limits_of(transport.limits)
        self._dialer = dialer or Dialer(transport)
        self._loop = loop
        self._pipe = Pipe()
        self._origins: dict[Origin, OriginPool] = {}
        limit = transport.max_idle_connections
        self._roster = roster or (OldestFirst(limit) if limit > 0 else None)

    def exchange(
        self,
        origin: Origin,
        head: bytes,
        body: bytes | AsyncIterable[bytes] | None,
        *,
        method: str,
        deadline: float | None,
        stream: bool,
    ) -> Exchange[Answer]:
        """Sends a request and gives the future of its answer.

        `head` and `body` are written as they are, a body's framing included. Where an idle connection exists they are
        written before this returns. `deadline` is on the event loop's clock and holds for all of the exchange, a
        streamed body included. With `stream` the future resolves at the head, and the body comes in pieces.

        Raises, through the future and the stream: Timeout (`context deadline exceeded`), Refused, UpstreamError.
        """
        return self.at(origin).exchange(
            head, body, method=method, deadline=deadline, stream=stream, make=Answer
        )

    def at(self, origin: Origin) -> OriginPool:
        """The connections to one origin, for who asks it often."""
        pool = self._origins.get(origin)
        if pool is None:
            if len(self._origins) >= self.limits.max_origins:
                self._origins = {key: pool for key, pool in self._origins.items() if not pool.is_unused}
            loop = self._loop or asyncio.get_running_loop()
            pool = self._origins[origin] = OriginPool(
                origin, self._dialer.dial, options=self.options, limits=self.limits, loop=loop, roster=self._roster,
                pipe=self._pipe,
            )
        return pool

    async def close(self) -> None:
        """Closes every connection; exchanges that are under way end with Refused."""
        origins, self._origins = self._origins, {}
        for pool in origins.values():
            pool.close()
        self._pipe.close()
        # NOTE: transports tell of their end in the next turn of the loop
        await asyncio.sleep(0)


class OldestFirst:
    """Counts the idle connections of all origins and closes the one that has been idle longest above the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._idle: dict[Connection, None] = {}

    def add(self, connection: Connection) -> None:
        """One more is idle."""
        self._idle[connection] = None
        if len(self._idle) > self._limit:
            next(iter(self._idle)).close()

    def discard(self, connection: Connection) -> None:
        """It is idle no more."""
        self._idle.pop(connection, None)
