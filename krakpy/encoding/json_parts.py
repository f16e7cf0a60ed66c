"""Bytes to JSON values, opened only where somebody looks; all the rest stays the bytes that it is.

    decode = partly(JsonDecoder(None).decode, Opening(page=Opening(), user=None), is_array)
    decode(b'{"page": {"n": 1.10}, "user": {"id": 7}, "rows": [1, 2] …', False)
    # {"page": {"n": Raw(b"1.10")}, "user": {"id": 7}, "rows": Raw(b"[1, 2]") …

What is not opened is held to the rules of `krakpy.encoding.json_documents` in its grammar, its UTF-8 and its depth. It
may hold numbers of any size, and objects with duplicate keys.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from krakpy.encoding.json_documents import MAX_DEPTH, is_surely_shallow, read
from krakpy.encoding.opening import Decode, Opening

#: bodies up to this are always opened. PERF: that costs 3 µs at most, and answers of this size, which are most, are
#: written byte for byte as KrakenD writes them: keys sorted, without spaces
MAX_SMALL = 512

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_VALUE = msgspec.json.Decoder(msgspec.Raw)
_BRACE, _BRACKET = ord("{"), ord("[")

Read = Callable[[bytes], dict[str, Any]]


def partly(
    decode: Decode, opening: Opening, is_array: Callable[[bytes, bool], bool], max_depth: int = MAX_DEPTH
) -> Decode:
    """A `decode` that opens no more than it has to, and leaves to the other what is not one valid, shallow document.

    `is_array` tells of which bodies (and `is_collection`) an array is due, which goes under `collection`.
    """
    read_object = _opener(opening)
    opens_arrays = opening.get("collection", opening) is None

    def decode_partly(body: bytes, is_collection: bool) -> dict[str, Any] | None:
        is_due = is_array(body, is_collection)
        if len(body) <= MAX_SMALL or (is_due and opens_arrays):
            return decode(body, is_collection)
        try:
            document = _collected(body) if is_due else read_object(body)
            # NOTE: msgspec checks all of what it skips but its UTF-8
            body.decode()
        except (ValueError, RecursionError):
            return decode(body, is_collection)
        return document if is_surely_shallow(body, max_depth) else decode(body, is_collection)

    return decode_partly


def _opener(opening: Opening) -> Read:
    branches = tuple((name, _value if inner is None else _level(inner)) for name, inner in opening.items())

    def opened(text: bytes) -> dict[str, Any]:
        members: dict[str, Any] = _MEMBERS.decode(text)
        for name, inner in branches:
            member = members.get(name)
            if member is not None:
                members[name] = inner(member)
        return members

    return opened


def _level(opening: Opening) -> Callable[[msgspec.Raw], Any]:
    """The members of an object; what is none has none, and stays as it is."""
    opened = _opener(opening)
    return lambda text: opened(text) if memoryview(text)[0] == _BRACE else text


def _value(text: msgspec.Raw) -> Any:
    return read(bytes(text))


def _collected(body: bytes) -> dict[str, Any]:
    array = _VALUE.decode(body)
    if memoryview(array)[0] != _BRACKET:
        raise ValueError("the body is no array")
    return {"collection": array}
