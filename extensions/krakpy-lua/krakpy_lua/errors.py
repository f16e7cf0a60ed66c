"""What a script's failure is for a request.

    failure("pre-script:1: no way || 451", scripts.place)     # ScriptError("no way"), with the status 451
"""
from __future__ import annotations

import re
from collections.abc import Callable

from krakpy_sdk import UpstreamError

SEPARATOR = " || "
_PLACED = re.compile(r"([^:\n]{1,200}):(\d+): (.*)", re.DOTALL)
_NO_FUNCTION = re.compile(r"attempt to call (?:\S+ '[^']*' \(a \w+ value\)|a \w+ value)")

Place = Callable[[str, int], str]
"""From a chunk's name and a line to what an operator knows them by, `file.lua:L3`; empty for other chunks."""


class ScriptError(UpstreamError):
    """A script ended the request: by `custom_error`, or because it is wrong. One failure among others in a merge."""

    def __init__(self, message: str, *, status: int = 500, content_type: str = "", is_custom: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.headers = {"Content-Type": content_type} if content_type else {}
        self.is_custom = is_custom


def failure(text: str, place: Place) -> ScriptError:
    """The error that Lua's own text means; a status that HTTP does not have is 500 (KrakenD: the same text)."""
    where = ""
    if match := _PLACED.fullmatch(text):
        where, text = place(match[1], int(match[2])), match[3]
    message, *rest = text.encode("latin-1", "replace").decode("utf-8", "replace").split(SEPARATOR)
    if not rest:
        message = _NO_FUNCTION.sub("attempt to call a non-function object", message)
        return ScriptError(f"{message} ({where})" if where else message)
    return ScriptError(
        message, status=_status(rest[0]), content_type=rest[1] if len(rest) > 1 else "", is_custom=True
    )


def _status(text: str) -> int:
    status = int(text) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else 500
    return status if 100 <= status <= 999 else 500
