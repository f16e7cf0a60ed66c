"""What a document tells of a backend's answer that is no success (`return_error_details`).

    ErrorDetails(404, b"gone", "text/plain")
    # {"http_status_code": 404, "http_body": "gone", "http_body_encoding": "text/plain"}
"""
from __future__ import annotations

import re
from typing import Any

_SPECIAL = re.compile("[&<>\"'\t\n\r]")
_ESCAPES = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;",
}  # fmt: skip


class ErrorDetails(dict[str, Any]):
    """Status, body and type of the answer as an object, in KrakenD's order; what is empty is left out."""

    def __init__(self, status: int, body: bytes, content_type: str) -> None:
        super().__init__(http_status_code=status)
        if body:
            # NOTE: bytes that are no UTF-8 are kept, as the encoding `string` does; JSON makes U+FFFD of them
            self["http_body"] = body.decode("utf-8", "surrogateescape")
        if content_type:
            self["http_body_encoding"] = content_type

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def as_text(self) -> str:
        """The text that stands for it in XML, which is XML itself (KrakenD: a Go value that its XML cannot write)."""
        body, kind = (_escaped(self.get(key, "")) for key in ("http_body", "http_body_encoding"))
        code = self["http_status_code"]
        return f"<NamedHTTPResponseError><Code>{code}</Code><Msg>{body}</Msg><Enc>{kind}</Enc></NamedHTTPResponseError>"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)
