"""A body that is kept while it passes."""
from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable

Keep = Callable[[bytes], Awaitable[object]]
"""Is called with the whole body, once all of it has passed."""


async def recorded(stream: AsyncIterable[bytes], keep: Keep, most: int) -> AsyncIterator[bytes]:
    """The pieces as they come; what breaks off, or is larger than `most` bytes, is not kept."""
    pieces: list[bytes] = []
    size = 0
    async for piece in stream:
        size += len(piece)
        if size <= most:
            pieces.append(piece)
        else:
            pieces.clear()
        yield piece
    if size <= most:
        await keep(b"".join(pieces))
