"""What scripts see of an answer and change in it, in the words of KrakenD's API.

    view = ResponseView(response, is_no_op=False)
    view.data()["seen"] = True
    view.finished().data        # {…, "seen": True}
"""
from __future__ import annotations

from typing import Any

from krakpy_sdk import Headers, Response

from krakpy_lua.views import View, canonical


class ResponseView(View):
    """An answer. Of `no-op` status and body are known and count; other answers have a document in their place."""

    def __init__(self, response: Response, *, is_no_op: bool, is_made: bool = False) -> None:
        super().__init__(response.headers)
        self.response = response
        self._is_no_op = is_no_op
        self._status = response.status if is_no_op and not is_made else 0
        self.document: dict[str, Any] | None = None

    def finished(self) -> Response:
        """The answer as the script leaves it; one that has neither document nor body gets an empty document."""
        response, changes = self.response, dict(self._changes)
        if self._is_no_op:
            if self.document:
                # NOTE: KrakenD writes the fields of such an answer twice: for the document and for the body
                changes.update(data=self.document, headers=_twice(self._headers))
        else:
            changes = {name: changes[name] for name in ("headers", "is_complete") if name in changes}
            if self.document is not None:
                changes["data"] = self.document
            elif response.data is None and response.body is None and response.stream is None:
                changes["data"] = {}
        return response.replace(**changes) if changes else response

    def header(self, name: str) -> str:
        """The first value of a field. NOTE: only by its usual spelling (KrakenD: the same)."""
        return super().header(name) if name == canonical(name) else ""

    def data(self) -> dict[str, Any]:
        """The document, as the script's own."""
        if self.document is None:
            self.document = dict(self.response.data or {})
        return self.document

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        is_complete: bool = self._changes.get("is_complete", self.response.is_complete)
        return is_complete

    def set_is_complete(self, value: bool) -> None:
        """Say whether nothing is missing."""
        self._changes["is_complete"] = value

    @property
    def status(self) -> int:
        """The status; 0 where there is a document (KrakenD: the same)."""
        return self._status

    def set_status(self, status: float) -> None:
        """Answer with this status, where the answer has one; 500 for what is none."""
        self._status = int(status) if -1e9 < status < 1e9 else 0
        # NOTE: 0 is none that was set (KrakenD: gin leaves 200 then)
        self._changes["status"] = (self._status or 200) if 100 <= (self._status or 200) <= 999 else 500

    @property
    def has_body(self) -> bool:
        """Whether the body is known, or does not count."""
        return not self._is_no_op or "body" in self._changes or self.response.stream is None

    def body(self) -> bytes:
        """The body; empty where there is a document."""
        unchanged = self.response.body if self._is_no_op else None
        body: bytes | None = self._changes.get("body", unchanged)
        return body or b""

    def set_body(self, body: bytes) -> None:
        """Answer with this body, where the answer has one."""
        self._changes.update(body=body, stream=None)

    def was_read(self, body: bytes) -> None:
        """Take note of the body that was answered."""
        self.response = self.response.replace(body=body, stream=None)


def _twice(headers: Headers) -> Headers:
    again = [pair for pair in headers.pairs if pair[0].lower() != "content-length"]
    return Headers((*headers.pairs, *again))
