"""What every renderer does with the bytes that it made."""
from __future__ import annotations

from krakpy_sdk import Headers, Response


class Content:
    """One `Content-Type`, and responses that have it."""

    __slots__ = ("_alone", "_type")

    def __init__(self, type: str) -> None:
        self._type = type
        self._alone = Headers((("Content-Type", type),))

    def of(self, response: Response, body: bytes) -> Response:
        """The response with this body; a `Content-Type` that an extension has set stays (KrakenD: the same)."""
        headers = response.headers
        if not headers.pairs:
            headers = self._alone
        elif "content-type" not in headers:
            headers = headers.add("Content-Type", self._type)
        return response.replace(body=body, headers=headers)
