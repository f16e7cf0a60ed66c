"""What a client may send and how long it may take: every limit and deadline of the front wire.

    Limits(head_deadline_s=5.0, max_connections=1000)
    limits_of(settings.listener)
"""
from __future__ import annotations

from math import inf

import msgspec

from krakpy.config.listener import ListenerSettings

#: what Go lets pass beyond `max_header_bytes`
_SLACK_BYTES = 4096
_HEADER_LINE_BYTES = 16 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes are exact: what is as large as a limit passes, one byte more does not. Deadlines are never early.

    They are looked at every tenth of a second, so that one is held at most 0.2 s late.
    """

    head_deadline_s: float = 10.0
    """For a whole head, from its first byte, or from the start of a connection; then 408."""

    body_min_rate_bytes_per_s: float = 500.0
    """The slowest that a body may come, on the average, after `body_grace_s`; then 408. 0: as slowly as it likes."""

    body_grace_s: float = 5.0
    """How long a body may take whatever its rate."""

    read_deadline_s: float = 0.0
    """For a whole request, body included (KrakenD: `read_timeout`); then 408. 0: no limit."""

    write_deadline_s: float = 30.0
    """In which a client has to take the next 16 KiB of an answer, or its end; then the connection is aborted."""

    answer_deadline_s: float = 0.0
    """For the whole of an answer, from the end of its request's head (KrakenD: `write_timeout`). 0: no limit."""

    keep_alive_s: float = 75.0
    """How long a connection may wait for its next request (KrakenD: `idle_timeout`)."""

    drain_idle_s: float = 5.0
    """How long it may wait once its worker is to go, if that is less: the next answer then announces the end."""

    linger_s: float = 2.0
    """How long what a client still sends is read and dropped when it has been refused, so that it sees why."""

    max_connections: int = 0
    """How many connections a worker has at once; one more is answered 503. 0: half of its descriptors; at most 3/4."""

    max_connections_per_address: int = 0
    """How many of them come from one address; one more is answered 503. 0: no limit."""

    max_requests_in_flight: int = 10_000
    """How many requests a worker has under way; one more is answered 503. 0: no limit."""

    max_line_bytes: int = 8192
    """The request line, without its end; then 414."""

    max_url: int = 8000
    """The target in it; then 414 (RFC 9112 §3 asks for 8000 at least)."""

    max_header_line: int = _HEADER_LINE_BYTES
    """One header field, name and value, without its end; then 431."""

    max_headers: int = 128
    """How many header fields there are; then 431."""

    max_header_bytes: int = 65536
    """The whole head, its empty line included; then 431."""

    max_body: int | None = None
    """The body, without its framing; then 413. None: as large as the router lets it be."""


def limits_of(listener: ListenerSettings) -> Limits:
    """The limits that the configuration asks for. What it sets to 0 there is no limit for."""
    wire = listener.wire
    head_bytes = listener.max_header_bytes + _SLACK_BYTES if listener.max_header_bytes else wire.max_header_bytes
    return Limits(
        head_deadline_s=listener.read_header_timeout_s or wire.head_deadline or inf,
        body_min_rate_bytes_per_s=wire.body_min_rate,
        body_grace_s=wire.body_grace,
        read_deadline_s=listener.read_timeout_s,
        write_deadline_s=wire.write_deadline or inf,
        answer_deadline_s=listener.write_timeout_s,
        keep_alive_s=listener.idle_timeout_s or listener.read_timeout_s or wire.keep_alive or inf,
        drain_idle_s=wire.drain_idle,
        max_connections=wire.max_connections,
        max_connections_per_address=wire.max_connections_per_address,
        max_requests_in_flight=wire.max_requests_in_flight,
        max_line_bytes=wire.max_line_bytes,
        max_url=wire.max_url,
        max_header_line=wire.max_header_line or max(_HEADER_LINE_BYTES, listener.max_header_bytes),
        max_headers=wire.max_headers,
        max_header_bytes=head_bytes,
        max_body=wire.max_body or None,
    )
