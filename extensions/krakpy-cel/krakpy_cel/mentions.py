"""Which members of a variable an expression can look at, so that no more of a document is handed over.

    mentioned("resp_data", "int(resp_data.id) == 1 && has(resp_data.user.name)")     # {"id", "user"}
    mentioned("resp_data", "size(resp_data) > 1")                                    # None: all of it

PERF: handing over a value costs 0.2 µs for each node of it.
"""
from __future__ import annotations

import re
from collections.abc import Iterable

_TEXT = r"""(?:'([^'\\\n]*)'|"([^"\\\n]*)")"""
#: what may follow the variable: a member by name, which is no call, or by its text
_AFTER = re.compile(rf"\s*(?:\.\s*([A-Za-z_]\w*)\b(?!\s*\()|\[\s*{_TEXT}\s*\])", re.ASCII)
#: what may stand before it: a text that is looked for among the names
_BEFORE = re.compile(rf"{_TEXT}\s+in\s+$", re.ASCII)
#: with escapes, long texts or comments these patterns would be wrong about where a text begins
UNCLEAR = ("\\", "'''", '"""', "//")


def mentioned(variable: str, *expressions: str) -> frozenset[str] | None:
    """The members that the expressions can look at; None where it could be any."""
    names: set[str] = set()
    for text in expressions:
        if variable in text and any(sign in text for sign in UNCLEAR):
            return None
        for found in re.finditer(rf"\b{variable}\b", text):
            # NOTE: where a mention is not understood, everything is handed over, which is never wrong
            match = _AFTER.match(text, found.end()) or _looked_for(text, found)
            if match is None:
                return None
            names.add(_first(match.groups()))
    return frozenset(names)


def _looked_for(text: str, found: re.Match[str]) -> re.Match[str] | None:
    if text[found.end() :].lstrip()[:1] in (".", "["):
        return None
    return _BEFORE.search(text[: found.start()])


def _first(groups: Iterable[str | None]) -> str:
    return next(group for group in groups if group is not None)
