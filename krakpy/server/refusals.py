"""The fixed answers to what is no request, or none that may be served. They name nothing of the gateway's inside.

    transport.write(Refusal.BAD.answer(b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"))
"""
from __future__ import annotations

from enum import Enum


class Refusal(Enum):
    """Why a request gets no further than the wire: the status line that its client sees, and the words below it."""

    # NOTE: where KrakenD has words for it, these are its own
    BAD = ("400 Bad Request", "")
    NO_HOST = ("400 Bad Request", "400 Bad Request: missing required Host header")
    SLOW = ("408 Request Timeout", "")
    BODY_TOO_LARGE = ("413 Content Too Large", "")
    URL_TOO_LONG = ("414 URI Too Long", "")
    EXPECTATION = ("417 Expectation Failed", "")
    HEAD_TOO_LARGE = ("431 Request Header Fields Too Large", "")
    FAILED = ("500 Internal Server Error", "")
    CODING = ("501 Not Implemented", "Unsupported transfer encoding")
    METHOD = ("501 Not Implemented", "501 Not Implemented: CONNECT")
    BUSY = ("503 Service Unavailable", "")
    VERSION = ("505 HTTP Version Not Supported", "")

    def __init__(self, line: str, words: str) -> None:
        body = words or line
        self.status = int(line[:3])
        self.line = f"HTTP/1.1 {line}\r\n".encode()
        self._rest = (
            f"content-type: text/plain; charset=utf-8\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n{body}"
        ).encode()

    def answer(self, date: bytes) -> bytes:
        """The whole answer; `date` is the line of that header field. The connection has to be closed after it."""
        return self.line + date + self._rest
