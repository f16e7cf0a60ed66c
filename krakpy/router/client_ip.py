"""Finds out who asks: the peer of the connection, or the client that a trusted proxy names.

    {"extra_config": {"router": {"forwarded_by_client_ip": true, "trusted_proxies": ["10.0.0.0/8"]}}}

SECURITY: KrakenD believes everybody by default, so that any client may choose its address. Here forwarding headers are
believed only from `trusted_proxies`.
"""
from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from krakpy.config.model import Router
from krakpy.router.headers import RawHeaders

ClientAddress = Callable[[str, RawHeaders], str]
"""From the peer's address and the request's fields to the client's address."""

#: what names the client behind App Engine (gin: the same)
_APP_ENGINE = "X-Appengine-Remote-Addr"

_MAPPED = "::ffff:"


def client_address(router: Router) -> ClientAddress:
    """What tells the client's address; ValueError for a proxy that is no address and no network."""
    headers = router.remote_ip_headers if router.forwarded_by_client_ip else ()
    if router.app_engine:
        headers = (_APP_ENGINE, *headers)
    return _Forwarded(router.trusted_proxies, headers) if router.trusted_proxies and headers else _peer


def _peer(peer: str, headers: RawHeaders) -> str:  # noqa: ARG001  nobody's headers are believed
    return _unmapped(peer) if peer.startswith(_MAPPED) else peer


class _Forwarded:
    """Believes the proxies: in each header from the right, the first address that is none of theirs, or the leftmost.

    A header with anything but addresses in it is left out (KrakenD: gin's ClientIP).
    """

    def __init__(self, proxies: tuple[str, ...], headers: tuple[str, ...]) -> None:
        self._networks = [_network(proxy) for proxy in proxies]
        self._headers = tuple(name.lower().encode("latin-1") for name in headers)
        # PERF: a gateway has few proxies in front of it: 0.1 µs instead of 3; bounded, since clients choose the rest
        self._is_trusted = lru_cache(maxsize=1024)(self._looked_up)

    def __call__(self, peer: str, headers: RawHeaders) -> str:
        peer = _unmapped(peer)
        if self._is_trusted(peer):
            for name in self._headers:
                if name in headers.last and (found := self._named(name, headers)):
                    return found
        return peer

    def _named(self, header: bytes, headers: RawHeaders) -> str:
        chain = b",".join(value for name, value in headers.raw if name == header).decode("latin-1").split(",")
        for address in (item.strip() for item in reversed(chain)):
            is_trusted = self._is_trusted(_unmapped(address))
            if is_trusted is None:
                return ""
            if not is_trusted:
                return address
        return chain[0].strip()

    def _looked_up(self, text: str) -> bool | None:
        """Whether an address is a proxy's; None if it is no address."""
        address = _address(text)
        return None if address is None else any(address in network for network in self._networks)


def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def _unmapped(address: str) -> str:
    """IPv4 in its own spelling, also where a socket for both gives it as IPv6."""
    is_mapped = address.startswith(_MAPPED) and "." in address
    return address[len(_MAPPED):] if is_mapped else address
