"""Bodies of requests that several calls will send: read once, and kept in memory."""
from __future__ import annotations

from krakpy_sdk import Request

from krakpy.bodies import whole


async def with_body(request: Request, max_bytes: int) -> Request:
    """The request with its whole body, an empty one if it has none; RejectedError 413 above `max_bytes`."""
    if request.stream is None:
        return request if request.body is not None else request.replace(body=b"")
    return request.replace(body=await whole(request.stream, max_bytes), stream=None)
