"""Hosts of upstreams, cleaned as KrakenD cleans them.

    sanitise("example.test:8080/")      # "http://example.test:8080"
"""
from __future__ import annotations

import re

# NOTE: unanchored, as in KrakenD: text around the one match is dropped (`!x` is `http://x`)
_HOST = re.compile(r"(https?://)?([a-zA-Z0-9._\-]+)(:[0-9]{2,6})?/?")


def sanitise(host: str) -> str:
    """Scheme, name and port of a host, without a slash at its end; ValueError if it is anything else than that.

    Paths, IPv6 literals, other schemes and ports of one digit are refused (KrakenD: `invalid host`).
    """
    found = _HOST.findall(host)
    if len(found) != 1:
        raise ValueError(f"{host!r} is not a host")
    scheme, name, port = found[0]
    return f"{scheme or 'http://'}{name}{port}"
