"""Makes connections: address by address, then TLS, all within the time there is."""
from __future__ import annotations

import asyncio
import math
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from ipaddress import IPv6Address, ip_address, ip_network
from itertools import zip_longest

from krakpy_sdk import Refused, Timeout

from krakpy.client.connection import Connection
from krakpy.client.exchange import DEADLINE_EXCEEDED
from krakpy.client.options import ClientTls, TransportOptions
from krakpy.client.origin import Origin
from krakpy.client.resolving import Address, Resolver
from krakpy.client.tls import client_context

#: Go's `TLSHandshakeTimeout`
_HANDSHAKE_TIMEOUT_S = 10.0
_KEEP_ALIVE_S = 15.0
_FALLBACK_DELAY_S = 0.3
_MAX_ADDRESSES = 8


class Dialer:
    """Makes connections as the transport settings say."""

    def __init__(
        self, options: TransportOptions, *, resolver: Resolver | None = None, tls: ClientTls | None = None
    ) -> None:
        self._resolver = resolver or Resolver(ttl_s=options.limits.dns_ttl)
        self._denied = [ip_network(network, strict=False) for network in options.limits.deny_addresses]
        self._timeout_s = options.dialer_timeout_s
        self._keep_alive_s = options.dialer_keep_alive_s or _KEEP_ALIVE_S
        self._fallback_delay_s = options.dialer_fallback_delay_s or _FALLBACK_DELAY_S
        tls = tls or options.client_tls
        if tls is not None:
            # NOTE: built now, so that a certificate that cannot be read is found at start
            self._tls = client_context(tls)

    async def dial(self, origin: Origin, protocol: Callable[[], Connection], due: float) -> Connection:
        """A connection; Refused if none can be made, Timeout if it would come too late."""
        try:
            async with asyncio.timeout_at(due if due < math.inf else None):
                return await self._dial_within(origin, protocol)
        except TimeoutError as error:
            raise Timeout(DEADLINE_EXCEEDED) from error

    async def _dial_within(self, origin: Origin, protocol: Callable[[], Connection]) -> Connection:
        try:
            async with asyncio.timeout(self._timeout_s or None):
                with mapped_errors(origin):
                    return await self._connect(origin, protocol)
        except TimeoutError as error:
            raise Refused(f"{origin}: no connection within dialer_timeout") from error

    async def _connect(self, origin: Origin, protocol: Callable[[], Connection]) -> Connection:
        addresses = self._allowed(origin, await self._resolver.resolve(origin.host, origin.port))
        raw = await self._first_to_connect(alternating(addresses)[:_MAX_ADDRESSES])
        is_secure = origin.scheme == "https"
        # NOTE: the socket belongs to the event loop from here on, whatever happens
        _, connection = await asyncio.get_running_loop().create_connection(
            protocol,
            sock=raw,
            ssl=self._tls if is_secure else None,
            server_hostname=origin.host.removesuffix(".") if is_secure else None,
            ssl_handshake_timeout=_HANDSHAKE_TIMEOUT_S if is_secure else None,
        )
        return connection

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return client_context(None)

    def _allowed(self, origin: Origin, addresses: Sequence[Address]) -> Sequence[Address]:
        # SECURITY: what is looked at here is what is connected to; a name may stand for another address a moment later
        allowed = [address for address in addresses if not self._is_denied(address)] if self._denied else addresses
        if addresses and not allowed:
            raise Refused(f"{origin}: its address {addresses[0].sockaddr[0]} is among deny_addresses")
        return allowed

    def _is_denied(self, address: Address) -> bool:
        ip = ip_address(address.sockaddr[0])
        mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
        return any(ip in network or (mapped and mapped in network) for network in self._denied)

    async def _first_to_connect(self, addresses: Sequence[Address]) -> socket.socket:
        """The first address that answers; the next is tried after a failure or a moment's wait (RFC 8305)."""
        if len(addresses) == 1:
            return await self._try(addresses[0])
        delay_s = self._fallback_delay_s if self._fallback_delay_s > 0 else None
        attempts: set[asyncio.Task[socket.socket]] = set()
        failures: list[BaseException] = []
        left = list(addresses)
        try:
            while left or attempts:
                if left:
                    attempts.add(asyncio.ensure_future(self._try(left.pop(0))))
                done, attempts = await asyncio.wait(
                    attempts, timeout=delay_s if left else None, return_when=asyncio.FIRST_COMPLETED
                )
                for attempt in done:
                    error = attempt.exception()
                    if error is None:
                        attempts |= done - {attempt}
                        return attempt.result()
                    failures.append(error)
        finally:
            for attempt in attempts:
                discard(attempt)
        raise failures[0] if failures else OSError("the host name has no address")

    async def _try(self, address: Address) -> socket.socket:
        raw = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            raw.setblocking(False)
            self._set_options(raw)
            await asyncio.get_running_loop().sock_connect(raw, address.sockaddr)
        except BaseException:
            raw.close()
            raise
        return raw

    def _set_options(self, raw: socket.socket) -> None:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._keep_alive_s > 0:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            seconds = max(1, round(self._keep_alive_s))
            for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL"):
                option = getattr(socket, name, None)
                if option is not None:
                    raw.setsockopt(socket.IPPROTO_TCP, option, seconds)


def alternating(addresses: Sequence[Address]) -> Sequence[Address]:
    """The addresses with both families by turns, each in the order of the system (RFC 8305 §4)."""
    if not addresses:
        return addresses
    first = [address for address in addresses if address.family == addresses[0].family]
    other = [address for address in addresses if address.family != addresses[0].family]
    return [address for pair in zip_longest(first, other) for address in pair if address is not None]


def discard(attempt: asyncio.Task[socket.socket]) -> None:
    """Cancels an attempt, or closes what it has made."""
    if not attempt.cancel() and not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()


@contextmanager
def mapped_errors(origin: Origin) -> Iterator[None]:
    """Turns what sockets and TLS raise into Refused, in words that name the origin."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"{origin}: the certificate is refused: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise Refused(f"{origin}: TLS failed: {error.reason or error}") from error
    except ConnectionRefusedError as error:
        raise Refused(f"{origin}: connection refused") from error
    except OSError as error:
        reason = error.strerror or str(error) or "the backend ended it"
        raise Refused(f"{origin}: no connection: {reason}") from error
