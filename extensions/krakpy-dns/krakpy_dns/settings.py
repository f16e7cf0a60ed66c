"""What an operator may say about look-ups; without it the system's name servers are asked.

    "plugin": {"instances": {"krakpy-dns/dns": {"config": {"nameservers": ["127.0.0.1:8600"]}}}}
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

from krakpy_sdk import ConfigError

_PORT = 53
#: `[::1]:53`, `10.0.0.2:53`, and `::1`, which has no room for a port
_WITH_PORT = re.compile(r"(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})", re.ASCII)


@dataclass(frozen=True)
class DnsSettings:
    """Whom to ask; ConfigError for what is no address."""

    nameservers: tuple[str, ...] = ()
    """Addresses of name servers: `10.0.0.2`, `127.0.0.1:8600`, `::1`, `[::1]:53`; empty: the system's."""

    def __post_init__(self) -> None:
        for index, text in enumerate(self.nameservers):
            try:
                address_of(text)
            except ValueError as error:
                raise ConfigError(f"{text!r} is no address of a name server", path=f"nameservers[{index}]") from error

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """The name servers as addresses and ports."""
        return tuple(map(address_of, self.nameservers))


def address_of(text: str) -> tuple[str, int]:
    """The address and the port in a text; ValueError if it is no address."""
    match = _WITH_PORT.fullmatch(text)
    address, port = (match[1] or match[2], int(match[3])) if match else (text, _PORT)
    if not 0 < port < 65536:
        raise ValueError(f"{port} is no port")
    return str(ip_address(address)), port
