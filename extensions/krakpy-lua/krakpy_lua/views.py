"""What scripts see of the fields of any message, and what they change of them."""
from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from krakpy_sdk import Headers

_IS_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch


# PERF: 0.1 µs instead of 1; bounded, because names may come from clients
@lru_cache(maxsize=1024)
def canonical(name: str) -> str:
    """The usual spelling of a field's name (Go: CanonicalMIMEHeaderKey)."""
    return "-".join(part.capitalize() for part in name.split("-")) if _IS_NAME(name) else name


class View:
    """The fields of a message, and what a script has changed of it."""

    def __init__(self, headers: Headers) -> None:
        self._original = headers
        self._changes: dict[str, Any] = {}

    @property
    def _headers(self) -> Headers:
        headers: Headers = self._changes.get("headers", self._original)
        return headers

    def header(self, name: str) -> str:
        """The first value of a field; empty if there is none."""
        return self._headers.get(name, "")

    def set_header(self, name: str, value: str) -> None:
        """Give a field this one value."""
        self.set_values(name, [value])

    def set_values(self, name: str, values: list[str]) -> None:
        """Give a field these values."""
        key, name = name.lower(), canonical(name)
        kept = [pair for pair in self._headers.pairs if pair[0].lower() != key]
        self._changes["headers"] = Headers.of((*kept, *[(name, value) for value in values]))

    def remove_header(self, name: str) -> None:
        """Take a field away."""
        self.set_values(name, [])

    def values(self, name: str) -> list[str]:
        """All values of a field."""
        return self._headers.getall(name)

    def fields(self) -> dict[str, list[str]]:
        """All fields by their usual names, with all their values."""
        found: dict[str, list[str]] = {}
        for name, value in self._headers.pairs:
            found.setdefault(canonical(name), []).append(value)
        return found
