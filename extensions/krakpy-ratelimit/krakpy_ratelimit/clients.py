"""What tells clients apart.

    of = client_of("header", "X-Client")
    of(request)     # a name for the client, or nothing where the request does not tell
"""
from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from ipaddress import ip_address

from krakpy_sdk import Request

ClientOf = Callable[[Request], str]
"""A name for the client that asks, or empty."""


def client_of(strategy: str, key: str) -> ClientOf | None:
    """What a strategy looks at; None for a word that is none (KrakenD: then there is no limit)."""
    strategies: dict[str, Callable[[], ClientOf]] = {
        "ip": lambda: _by_field_address(key) if key else _address,
        "header": lambda: _by_field(key),
        "param": lambda: _by_parameter(key),
    }
    found = strategies.get(strategy.lower())
    return found and found()


def _address(request: Request) -> str:
    return request.client_ip


def _by_field_address(name: str) -> ClientOf:
    """The first address of a field, which whoever stands in front of the gateway has to write; else the peer's."""

    def named(request: Request) -> str:
        first = request.headers.get(name, "").partition(",")[0].strip()
        return _host(first) or request.client_ip

    return named


def _host(text: str) -> str:
    """The address at the beginning of `192.0.2.1:8080`, `2001:db8::1` or `[2001:db8::1]:8080`, if there is one."""
    bare = text[1:].partition("]")[0] if text[:1] == "[" else text
    for candidate in (bare, bare.partition(":")[0]):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return ""


def _by_field(name: str) -> ClientOf:
    def named(request: Request) -> str:
        return _hidden(request.headers.get(name, ""))

    return named


def _by_parameter(name: str) -> ClientOf:
    def named(request: Request) -> str:
        return _hidden(request.params.get(name, ""))

    return named


def _hidden(text: str) -> str:
    # SECURITY: a field may hold a token, and a store is no place for tokens; nor is there an end to what clients send
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest() if text else ""
