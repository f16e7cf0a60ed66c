"""What is no character: halves of surrogate pairs in texts, which become U+FFFD in every rendered body."""
from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def utf8(text: str) -> bytes:
    """The text in UTF-8; U+FFFD for what is no Unicode (Go: the same)."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text).encode()
