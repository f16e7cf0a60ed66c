"""What `Cache-Control` says, on both sides (RFC 9111 §5.2).

    directives = of(response.headers)
    directives.get("max-age")       # "60"
    seconds(directives, "max-age")  # 60.0
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from krakpy_sdk import Headers

Directives = Mapping[str, str]
"""The names, in lower case, with their values; empty for one that has none."""

NONE: Directives = MappingProxyType({})
_PART = re.compile(r"""\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*)))?[^,]*(?:,|$)""")
#: what is more than anybody means (RFC 9111 §1.2.2)
_LONGEST_S = float(2**31)


def of(headers: Headers) -> Directives:
    """The directives of a message; of one that is there twice the first counts, and the other if it allows less."""
    text = headers.get("cache-control")
    if text is None:
        return NONE
    found: dict[str, str] = {}
    for match in _PART.finditer(",".join(headers.getall("cache-control"))):
        name, value = match[1].lower(), match[2] if match[2] is not None else match[3] or ""
        if name not in found or (_number(value) or 0.0) < (_number(found[name]) or 0.0):
            found[name] = value
    return found


def seconds(directives: Directives, name: str) -> float | None:
    """The seconds that a directive names: None where it is not there, 0 where it makes no sense."""
    value = directives.get(name)
    return None if value is None else _number(value) or 0.0


def _number(text: str) -> float | None:
    return min(float(text), _LONGEST_S) if text.isascii() and text.isdigit() else None
