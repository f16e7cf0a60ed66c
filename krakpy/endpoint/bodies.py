"""Bodies of requests that several calls will send: read once, and kept in memory."""
from __future__ import annotations

from krakpy_sdk import RejectedError, Request

#: largest body that is kept in memory so that several calls can send it
MAX_BODY_BYTES = 10 * 1024 * 1024


async def with_body(request: Request, max_body_bytes: int = MAX_BODY_BYTES) -> Request:
    """The request with its whole body, an empty one if it has none; RejectedError 413 above `max_body_bytes`."""
    if request.stream is None:
        return request if request.body is not None else request.replace(body=b"")
    pieces: list[bytes] = []
    room = max_body_bytes
    async for piece in request.stream:
        room -= len(piece)
        if room < 0:
            raise RejectedError(f"the body has more than {max_body_bytes} bytes", status=413)
        pieces.append(piece)
    return request.replace(body=b"".join(pieces), stream=None)
