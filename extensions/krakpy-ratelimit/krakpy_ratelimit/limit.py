"""One limit: a bucket of tokens in the store, or one for each client."""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import ceil

from krakpy_sdk import Request, Response, Store, Taken
from krakpy_sdk.messages import Headers

from krakpy_ratelimit.clients import ClientOf
from krakpy_ratelimit.config import Rate

#: who does not say who he is gets nothing (KrakenD: the same)
_NOBODY = Taken(False, 0, 0.0)

Take = Callable[[Request], Taken | Awaitable[Taken]]
"""Takes a token for a request."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How many requests may come, and what the others get."""

    name: str
    """What the client calls it: `client`, `endpoint` or `service`."""
    status: int
    rate: Rate
    every_s: float
    take: Take

    def refused(self, taken: Taken, *, tells: bool) -> Response:
        """The answer to a request that is too much."""
        headers = Headers(self.told(taken)) if tells else Headers()
        return Response(self.status, headers=headers, body=b"")

    def told(self, taken: Taken) -> list[tuple[str, str]]:
        """What an answer says of the limit (draft-ietf-httpapi-ratelimit-headers-10; `Retry-After`: RFC 9110)."""
        capacity, per_s = self.rate
        reset_s = ceil((capacity - taken.remaining) / per_s)
        fields = [
            ("RateLimit-Policy", f'"{self.name}";q={max(1, round(per_s * self.every_s))};w={ceil(self.every_s)}'),
            ("RateLimit", f'"{self.name}";r={taken.remaining};t={reset_s}'),
        ]
        if not taken.is_allowed:
            fields.append(("Retry-After", str(max(1, ceil(taken.retry_after_s)))))
        return fields


def for_all(store: Store, key: str, rate: Rate) -> Take:
    """Takes from one bucket."""
    capacity, per_s = rate
    take, ttl_s = store.take, _ttl_s(rate)

    def taken(request: Request) -> Taken | Awaitable[Taken]:  # noqa: ARG001  whoever asks
        return take(key, 1, capacity, per_s, ttl_s)

    return taken


def for_each(store: Store, key: str, rate: Rate, client_of: ClientOf) -> Take:
    """Takes from a bucket of the client's own."""
    capacity, per_s = rate
    take, ttl_s, prefix = store.take, _ttl_s(rate), f"{key}/"

    def taken(request: Request) -> Taken | Awaitable[Taken]:
        client = client_of(request)
        return take(prefix + client, 1, capacity, per_s, ttl_s) if client else _NOBODY

    return taken


def _ttl_s(rate: Rate) -> float:
    """How long a bucket is remembered: until it is full again, and so like one that nobody knows."""
    return rate.capacity / rate.per_s + 1.0
