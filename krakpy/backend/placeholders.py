"""The `{placeholders}` of a `url_pattern`, and the values that may stand in for them.

    Placeholder("id").value({"id": "42"})     # "42"
    rewritten("/users/{id}")                  # "/users/{{.Id}}"

There are three kinds: parameters of the endpoint, claims of the token (`{JWT.sub}`), and values of earlier answers
(`{resp0_id}`). Their values are looked up under the name as it is written, then with its first letter in upper case.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from krakpy_sdk import RejectedError, UpstreamError

#: `{name}` with what KrakenD takes for a name
_PLACEHOLDER = re.compile(r"\{([\w\-.:/]+)\}", re.ASCII)
_ANSWER = re.compile(r"[rR]esp\d+(_.+)?", re.ASCII)
_STRAY_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
#: control characters, and the surrogates that stand for bytes which are no UTF-8
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def parsed(pattern: str) -> tuple[list[str], list[Placeholder]]:
    """The texts around the placeholders, one more than there are placeholders, and the placeholders."""
    parts = _PLACEHOLDER.split(pattern)
    return parts[::2], [Placeholder(name) for name in parts[1::2]]


def rewritten(pattern: str) -> str:
    """The pattern as KrakenD shows it in messages."""
    return _PLACEHOLDER.sub(lambda match: Placeholder(match[1]).unknown, pattern)


class Placeholder:
    """One `{name}`."""

    __slots__ = ("is_answer", "is_claim", "key", "name", "unknown")

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = name[0].upper() + name[1:]
        self.is_answer = _ANSWER.fullmatch(name) is not None
        self.is_claim = name.startswith("JWT.")
        #: what stands in the path when there is no value
        self.unknown = f"{{{{.{self.key}}}}}"

    def value(self, params: Mapping[str, str]) -> str:
        """The value, not encoded.

        RejectedError for what a client may not send: an empty value, a dot segment, control characters, bytes that are
        no UTF-8, a % that is no escape. UpstreamError for what of it an earlier answer may not hold.
        """
        value = params.get(self.name)
        if value is None:
            value = params.get(self.key)
        if value is None:
            return self.unknown
        if self.is_answer:
            return self._of_answer(value)
        return self._of_client(value if self.is_claim else self._unescaped(value))

    def _unescaped(self, value: str) -> str:
        """A parameter that was encoded twice is encoded once in the upstream's path (KrakenD: pastes it as it is).

        Such a value comes here only where `disable_path_decoding` lets it. A % that is no escape is the client's fault
        (KrakenD: 500).
        """
        if "%" not in value:
            return value
        if _STRAY_PERCENT.search(value):
            raise RejectedError(f"the parameter {self.name} has a % that is no escape")
        return unquote(value, errors="surrogateescape")

    def _of_client(self, value: str) -> str:
        # SECURITY: a value is one segment of the path that the operator wrote, and can never be or leave another one
        if not value:
            raise RejectedError(f"the parameter {self.name} is empty")
        if _is_dots(value):
            raise RejectedError(f"the parameter {self.name} is a dot segment")
        if _UNPRINTABLE.search(value):
            raise RejectedError(f"the parameter {self.name} has characters that no path has")
        return value

    def _of_answer(self, value: str) -> str:
        if any(map(_is_dots, value.split("/"))) or _UNPRINTABLE.search(value):
            raise UpstreamError(f"the value {self.name} of an earlier answer cannot be part of a path")
        return value


def _is_dots(segment: str) -> bool:
    """Whether a segment is `.` or `..`; some servers also take what follows a semicolon for a comment on it."""
    return segment.startswith(".") and segment.partition(";")[0] in (".", "..")
