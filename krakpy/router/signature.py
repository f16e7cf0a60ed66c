"""What the gateway says of itself: to clients in `X-Krakend`, to upstreams in `User-Agent`."""
from __future__ import annotations

from krakpy import __version__
from krakpy.config.model import Router
from krakpy.router.headers import Raw

#: `User-Agent` towards upstreams, or `X-Forwarded-Via` beside the client's own; never hidden (KrakenD: the same)
AGENT = f"krakpy Version {__version__}"


def version_field(router: Router) -> tuple[bytes, bytes]:
    """`X-Krakend: Version 1.2.3`, or `Version undefined` with `hide_version_header`."""
    version = "undefined" if router.hide_version_header else __version__
    return b"x-krakend", f"Version {version}".encode()


def signed(router: Router, *, is_complete: bool) -> Raw:
    """The fields that every answer of an endpoint has: `X-Krakend` and `X-Krakend-Completed`."""
    return version_field(router), (b"x-krakend-completed", b"true" if is_complete else b"false")
