"""All pools of a worker: one for each way to identify oneself, so that no connection serves two (C-26).

    pools = Pools(settings.transport)
    pools.of(backend.http_client.client_tls).exchange(...)
"""
from __future__ import annotations

from krakpy.client.dialing import Dialer
from krakpy.client.options import ClientTls, TransportOptions
from krakpy.client.pool import OldestFirst, Pool
from krakpy.client.resolving import Resolver


class Pools:
    """Gives the pool for a TLS identity; they share the memory of addresses and `max_idle_connections`."""

    def __init__(self, transport: TransportOptions, *, resolver: Resolver | None = None) -> None:
        self._transport = transport
        self._resolver = resolver or Resolver(ttl_s=transport.limits.dns_ttl)
        limit = transport.max_idle_connections
        self._roster = OldestFirst(limit) if limit > 0 else None
        self._pools: dict[ClientTls | None, Pool] = {}

    def of(self, tls: ClientTls | None) -> Pool:
        """The pool whose connections identify themselves and their backends like this; None: as the service says.

        ConfigError where a file cannot be read.
        """
        pool = self._pools.get(tls)
        if pool is None:
            dialer = Dialer(self._transport, resolver=self._resolver, tls=tls)
            pool = self._pools[tls] = Pool(self._transport, dialer=dialer, roster=self._roster)
        return pool

    async def close(self) -> None:
        """Closes every connection; exchanges that are under way end with Refused."""
        for pool in self._pools.values():
            await pool.close()
