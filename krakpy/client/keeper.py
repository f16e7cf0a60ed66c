"""What a connection needs of the pool that it belongs to."""
from __future__ import annotations

from typing import Any, Protocol, TypeVar

from krakpy.client.bypass import Pipe
from krakpy.client.exchange import Exchange
from krakpy.client.options import Limits
from krakpy.client.response_head import Head

C = TypeVar("C", contravariant=True)


class Keeper(Protocol[C]):
    """Whose connection it is."""

    limits: Limits
    header_timeout_s: float
    """Time for the head of an answer, from the end of its request; 0: no limit."""
    continue_timeout_s: float
    pipe: Pipe

    def head_of(self, raw: bytes) -> Head:
        """The parsed head."""

    def release(self, connection: C) -> None:
        """The connection may serve another exchange."""

    def forget(self, connection: C) -> None:
        """The connection is gone."""

    def retry(self, exchange: Exchange[Any]) -> None:
        """The exchange met a connection that the backend had given up: one more try."""
