"""What backends may cost a worker (`krakpy/backends`): krakpy's own key, which KrakenD ignores."""
from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from krakpy.config.kinds import Count, Model, Seconds

AtLeastOne = Annotated[int, Meta(ge=1)]


class BackendLimits(Model, frozen=True, kw_only=True):
    """What no backend can make a worker exceed, and which addresses are never asked."""

    max_body_bytes: AtLeastOne = 64 * 1024 * 1024
    """Largest body of an answer that is decoded, compressed or not; `no-op` answers are streamed and have no limit."""

    max_inflation: AtLeastOne = 100
    """Times its size that a compressed body may unpack to, once that is more than 1 MiB."""

    max_head_bytes: AtLeastOne = 64 * 1024
    """Largest head of an answer."""

    max_header_fields: AtLeastOne = 128
    """Most header fields of an answer."""

    max_connections: AtLeastOne = 1024
    """Connections of a worker to one scheme, host and port; never more than a quarter of the files that the process
    may open. Further requests wait for one."""

    max_waiting: Count = 10_000
    """Requests of a worker that may wait for a connection to one scheme, host and port; further ones fail at once."""

    max_shadow_copies: Count = 1000
    """Copies of one endpoint's requests for shadow backends that a worker may have under way; further ones are not
    sent, which is logged."""

    max_shadow_bytes: Count = 64 * 1024 * 1024
    """What the bodies of those copies may take together; likewise."""

    dns_ttl: Seconds = 5.0
    """Time that the addresses of a host are remembered. The system's resolver tells no time of its own, and may
    remember them longer."""

    deny_addresses: tuple[str, ...] = ()
    """Addresses and networks (CIDR) that are never connected to, whatever a host's name stands for."""
