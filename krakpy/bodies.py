"""Bodies that somebody needs whole: read to their end, up to a limit.

    body = await whole(request.stream)      # RejectedError 413 above 10 MiB
"""
from __future__ import annotations

from collections.abc import AsyncIterable, Callable

from krakpy.errors import RejectedError

#: largest body that is kept in memory, unless the operator says otherwise
MAX_BODY_BYTES = 10 * 1024 * 1024


def most_kept(settings: object) -> int:
    """How large a body may be that somebody with these settings needs whole, in bytes."""
    # NOTE: the settings that authors build in their tests say nothing of it
    limit: int = getattr(settings, "max_kept_body", MAX_BODY_BYTES)
    return limit


def too_large(message: str) -> Exception:
    """The error for a body of a client (RFC 9110 §15.5.14)."""
    return RejectedError(message, status=413)


async def whole(
    stream: AsyncIterable[bytes],
    max_bytes: int = MAX_BODY_BYTES,
    *,
    refuse: Callable[[str], Exception] = too_large,
    what: str = "the body",
) -> bytes:
    """All bytes of a stream; what `refuse` makes of the message if there are more than `max_bytes`."""
    pieces: list[bytes] = []
    room = max_bytes
    async for piece in stream:
        room -= len(piece)
        if room < 0:
            raise refuse(f"{what} has more than {max_bytes} bytes")
        pieces.append(piece)
    return b"".join(pieces)
