"""Where an upstream is: scheme, host and port, nothing else.

    Origin.parse("http://api.example:8080")    # Origin("http", "api.example", 8080)
"""
from __future__ import annotations

import re
from typing import NamedTuple

from krakpy_sdk import UpstreamError

_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(r"(https?)://(\[[0-9A-Fa-f:.]+(?:%25[\w.-]+)?\]|[\w.-]+)(?::([0-9]{0,5}))?", re.IGNORECASE)


class Origin(NamedTuple):
    """The key of connections: two requests share a connection only if all of it is equal (C-26)."""

    scheme: str
    """`http` or `https`."""
    host: str
    """Lower case, ASCII, without brackets; the name that TLS verifies, but for a dot at its end."""
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """What the `Host` field says: without a port that goes without saying."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Origin:
        """The origin in `scheme://host:port`; UpstreamError for anything else, user information included (C-20)."""
        match = _ORIGIN.fullmatch(text)
        if match is None:
            raise UpstreamError(f"{text!r} is no origin: write http://host:port or https://host:port")
        scheme = match[1].lower()
        port = int(match[3] or _PORTS[scheme])
        if not 0 < port < 65536:
            raise UpstreamError(f"{text!r} has a port that does not exist")
        return cls(scheme, _ascii(match[2]), port)


def _ascii(host: str) -> str:
    if host.startswith("["):
        return host[1:-1].replace("%25", "%").lower()
    try:
        return host.lower() if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise UpstreamError(f"{host!r} is no host name") from error
