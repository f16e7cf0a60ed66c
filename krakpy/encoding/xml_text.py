"""Names and texts that are sound in XML, whatever a document has in them (XML 1.0 §2.2, Namespaces in XML §4)."""
from __future__ import annotations

import re
from functools import lru_cache

_START = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_INSIDE = _START + r"\-.0-9\xb7\u0300-\u036f\u203f\u2040"
_PART = f"[{_START}][{_INSIDE}]*"
_NAME = re.compile(f"{_PART}(?::{_PART})?")
_NO_START = re.compile(f"^(?![{_START}])")
_NO_NAME_CHARACTER = re.compile(f"[^{_INSIDE}]")
_SPECIAL = re.compile("[^\t\n\r !#-%(-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}


# PERF: arrays have the same few keys again and again; 0.1 µs instead of 0.5
@lru_cache(maxsize=1024)
def named(key: str) -> str:
    """The key as a name: as it is if it is one, else with `_` for and before what cannot stand there."""
    # SECURITY: keys come from backends, and a key with `>` in it would be markup of the backend's choice
    return key if _NAME.fullmatch(key) else _NO_START.sub("_", _NO_NAME_CHARACTER.sub("_", key))


def escaped(text: str) -> str:
    """The text with `& < > " '` escaped, and U+FFFD for characters that XML does not have."""
    return _SPECIAL.sub(_escape, text) if _SPECIAL.search(text) else text


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0], "\ufffd")
