"""What a client may cost a worker (`krakpy/wire`): krakpy's own key, which KrakenD ignores."""
from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from krakpy.bodies import MAX_BODY_BYTES
from krakpy.config.kinds import Count, Model, Seconds

AtLeastOne = Annotated[int, Meta(ge=1)]


class Wire(Model, frozen=True, kw_only=True):
    """How much a client may send, and how long it may take. Of the service's own keys, those that are set go before."""

    head_deadline: Seconds = 10.0
    """Time for the whole head of a request, unless `read_header_timeout` is set; then 408. 0: no limit."""

    body_min_rate: Count = 500
    """The slowest that a body may come, in bytes a second on the average, after `body_grace`; then 408. 0: no limit."""

    body_grace: Seconds = 5.0
    """Time that a body may take whatever its rate."""

    write_deadline: Seconds = 30.0
    """Time in which a client has to take the next 16 KiB of an answer; then the connection ends. 0: no limit."""

    keep_alive: Seconds = 75.0
    """Time that a connection may wait for its next request, unless `idle_timeout` or `read_timeout` is set."""

    drain_idle: Seconds = 5.0
    """Time that it may wait once its worker is to go, in a reload or at the end, if that is less."""

    max_connections: Count = 0
    """Connections of a worker at once; one more is answered 503. 0: half of the files that the process may open; never
    more than three quarters of them."""

    max_connections_per_address: Count = 0
    """Connections of a worker from one address; one more is answered 503. 0: no limit. Behind a load balancer all come
    from a few."""

    max_requests_in_flight: Count = 10_000
    """Requests that a worker has under way at once; one more is answered 503. 0: as many as it has connections. Less is
    better where requests cost much: those that wait for longer than the endpoint's `timeout` wait in vain."""

    max_line_bytes: AtLeastOne = 8192
    """Largest request line; then 414."""

    max_url: AtLeastOne = 8000
    """Largest target in it, path and query; then 414."""

    max_header_line: Count = 0
    """Largest header field; then 431. 0: 16 KiB, or the service's `max_header_bytes` if that is more."""

    max_headers: AtLeastOne = 128
    """Most header fields; then 431."""

    max_header_bytes: AtLeastOne = 65536
    """Largest head of a request, unless the service's own `max_header_bytes` is set; then 431."""

    max_body: Count = 0
    """Largest body of a request, in bytes; then 413. 0: no limit."""

    max_kept_body: AtLeastOne = MAX_BODY_BYTES
    """Largest body of a request, in bytes, that is read into memory because several backends or calls get it, or a hook
    asks for it; then 413. So much of an answer that a hook or a sequence asks for, too; then 500."""
