"""Two exchanges as text, and what an extension changed between them.

    list(changed(before, after))    # "  to the backend", "+ X-Country: NO" …
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Both exchanges in one: each line with what an extension did to it (`+`, `-`, or nothing)."""
    yield from _compared("to the backend", _requests(before["backend"]), _requests(after["backend"]))
    yield from _compared("to the client", list(_answer(before["client"])), list(_answer(after["client"])))


def _compared(heading: str, before: list[str], after: list[str]) -> Iterator[str]:
    yield f"  {heading}"
    for what, start, end, from_, to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        mark = " " if what == "equal" else "-"
        yield from (f"{mark}   {line}" for line in before[start:end])
        yield from (f"+   {line}" for line in after[from_:to] if what != "equal")


def _requests(requests: Iterable[Mapping[str, Any]]) -> list[str]:
    lines = [line for request in requests for line in _request(request)]
    return lines or ["(nothing: the backend is not asked)"]


def _request(request: Mapping[str, Any]) -> Iterator[str]:
    yield f"{request['method']} {request['url']}"
    yield from _fields(request)


def _answer(answer: Mapping[str, Any]) -> Iterator[str]:
    yield f"{answer['status']}"
    yield from _fields(answer)


def _fields(message: Mapping[str, Any]) -> Iterator[str]:
    # NOTE: a length follows from the body, which is shown
    yield from (f"{name}: {value}" for name, value in message["headers"] if name.lower() != "content-length")
    if message["body"]:
        yield from _body(message["body"])


def _body(text: str) -> list[str]:
    try:
        return json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False).splitlines()
    except ValueError:
        return text.splitlines()
