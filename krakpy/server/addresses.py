"""Where to listen: addresses as gunicorn has them, the sockets for them, and their text for people."""
from __future__ import annotations

from collections.abc import Callable

from gunicorn.sock import BaseSocket, TCP6Socket, TCPSocket, UnixSocket

Address = tuple[str, int] | str | int
"""Host and port, the path of a unix socket, or the number of a descriptor."""


def socket_class(address: Address) -> Callable[..., BaseSocket]:
    """What listens at such an address."""
    if isinstance(address, tuple):
        return TCP6Socket if ":" in address[0] else TCPSocket
    return UnixSocket


def address_text(address: Address) -> str:
    """The address as an operator writes it."""
    if isinstance(address, tuple):
        return f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"
    return str(address)
