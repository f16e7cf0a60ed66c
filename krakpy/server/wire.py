"""What an answer needs of the connection that it is written to."""
from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Protocol


class Wire(Protocol):
    """A client's connection, for one request of it after the other."""

    is_stalled: bool
    """Whether the client is behind with reading."""
    peer: Any
    """The client's address, as in an ASGI scope."""

    @property
    def is_plain(self) -> bool:
        """Whether what is written is what goes over the network."""

    def write(self, data: bytes) -> None: ...
    def write_parts(self, parts: list[bytes]) -> None: ...
    def drained(self) -> Awaitable[None]: ...
    def hold_little(self, is_little: bool) -> None:
        """Have the client be behind as soon as anything waits for it; or again only when much does."""

    def descriptor(self) -> int:
        """What can be written to beneath this, because nothing waits in it; -1: nothing."""

    def room(self) -> int:
        """How many bytes the kernel would take at once, as far as it tells."""

    def resume(self) -> None:
        """The application has taken what there was of the body."""

    def answered(self) -> None:
        """The answer is complete."""

    def unanswered(self, *, has_begun: bool) -> None:
        """There will be no complete answer."""
