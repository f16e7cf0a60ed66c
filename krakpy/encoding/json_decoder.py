"""Decoders of JSON bodies: `json`, which wants an object, and `safejson`, which takes anything.

    JsonDecoder(None).decode(b'{"price": 1.10}', False)     # {"price": Number("1.10")}
    SafeJsonDecoder(None).decode(b"[1, 2]", False)          # {"collection": [1, 2]}

How values are read, and what is refused: `krakpy.encoding.json_documents`.
"""
from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Any

from krakpy_sdk import Decoder
from msgspec import Meta

from krakpy.config.kinds import Model
from krakpy.encoding.json_documents import DEEPEST, MAX_DEPTH, read
from krakpy.encoding.json_parts import partly
from krakpy.encoding.opening import Decode, Opening, PartialDecoder

_KINDS = MappingProxyType({dict: "an object", list: "an array", str: "a string", bool: "a boolean"})


class JsonConfig(Model, frozen=True, kw_only=True):
    """The settings, under `plugin.instances`: `"krakpy/json": {"config": {"max_depth": 100}}`."""

    max_depth: Annotated[int, Meta(ge=1, le=DEEPEST)] = MAX_DEPTH
    """Most objects and arrays that may stand inside one another; an answer with more is an error of the backend."""


class JsonDecoder:
    """Gives the object of a body, or, with `is_collection`, its array under the key `collection`.

    `null` is None, and as a collection `{"collection": None}` (KrakenD: encoding `json`). ValueError for any other kind
    of value and for what is no JSON.
    """

    Config = JsonConfig

    def __init__(self, config: JsonConfig | None) -> None:
        self._max_depth = (config or JsonConfig()).max_depth

    def decode(self, body: bytes, is_collection: bool) -> dict[str, Any] | None:
        """The document; see the class."""
        document = read(body, self._max_depth)
        if is_collection:
            if document is None or isinstance(document, list):
                return {"collection": document}
            raise _unexpected(document, "an array")
        if document is None or isinstance(document, dict):
            return document
        raise _unexpected(document, "an object")

    def partial(self, opening: Opening) -> Decode:
        """A `decode` that opens no more than this; see `krakpy.encoding.json_parts`."""
        return partly(self.decode, opening, lambda _, is_collection: is_collection, self._max_depth)


class SafeJsonDecoder:
    """Gives an object as it is, an array under `collection`, and any other value under `content`.

    `is_collection` makes no difference (KrakenD: encoding `safejson`). ValueError for what is no JSON.
    """

    Config = JsonConfig

    def __init__(self, config: JsonConfig | None) -> None:
        self._max_depth = (config or JsonConfig()).max_depth

    def decode(self, body: bytes, is_collection: bool) -> dict[str, Any]:  # noqa: ARG002  the kind decides
        """The document; see the class."""
        document = read(body, self._max_depth)
        if isinstance(document, dict):
            return document
        return {"collection" if isinstance(document, list) else "content": document}

    def partial(self, opening: Opening) -> Decode:
        """A `decode` that opens no more than this; see `krakpy.encoding.json_parts`."""
        return partly(self.decode, opening, lambda body, _: body.startswith(b"["), self._max_depth)


def _unexpected(document: object, due: str) -> ValueError:
    return ValueError(f"the body is {_KINDS.get(type(document), 'a number')} where {due} is due")


_guard: type[Decoder] = JsonDecoder
_safe_guard: type[Decoder] = SafeJsonDecoder
_partial_guard: type[PartialDecoder] = JsonDecoder
_safe_partial_guard: type[PartialDecoder] = SafeJsonDecoder
