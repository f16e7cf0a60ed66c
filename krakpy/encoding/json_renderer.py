"""Renderers of JSON: `json` for the whole document, `json-collection` for its array.

    JsonRenderer(None).render(request, Response(data={"b": "<i>", "a": Number("1.10")})).body
    # b'{"a":1.10,"b":"\\u003ci\\u003e"}'
"""
from __future__ import annotations

import re
from typing import Any

import msgspec
from krakpy_sdk import Renderer, Request, Response

from krakpy.encoding.content import Content
from krakpy.encoding.numbers import Number

_TYPE = "application/json; charset=utf-8"
_JSON = Content(_TYPE)
_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonRenderer:
    """Writes the document as KrakenD does: keys sorted by their bytes, no spaces, `< > &` and U+2028, U+2029 escaped.

    Numbers of backends keep their text, no data is `null`, infinities and NaN are `null`, and what is no Unicode is
    U+FFFD. TypeError for values that JSON does not have.
    """

    paths = ()
    content_type = _TYPE

    def __init__(self, config: object) -> None:
        pass

    def render(self, request: Request, response: Response) -> Response:  # noqa: ARG002  JSON whatever is accepted
        """The response with its document as body."""
        return _JSON.of(response, write(response.data))

    def write(self, document: Any) -> bytes:
        """The document alone."""
        return write(document)


class CollectionRenderer:
    """Writes what stands under `collection`, or `[]` if nothing does (KrakenD: `json-collection`)."""

    paths = ()

    def __init__(self, config: object) -> None:
        pass

    def render(self, request: Request, response: Response) -> Response:  # noqa: ARG002  JSON whatever is accepted
        """The response with its array as body."""
        data = response.data
        return _JSON.of(response, write(data.get("collection", []) if data else []))


def write(document: Any) -> bytes:
    """A value as JSON in bytes, by the rules of `JsonRenderer`."""
    try:
        text = _ENCODER.encode(document)
    except UnicodeEncodeError:
        text = _ENCODER.encode(_without_surrogates(document))
    # NOTE: these characters occur in strings only, so they can be replaced in the finished text (Go: HTMLEscape)
    text = text.replace(b"<", b"\\u003c").replace(b">", b"\\u003e").replace(b"&", b"\\u0026")
    # PERF: one byte is found in 0.3 µs per 14 KB, two in 14
    if b"\xe2" in text:
        text = text.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    return text


def _verbatim(value: object) -> msgspec.Raw:
    if isinstance(value, Number):
        return msgspec.Raw(value.text)
    raise TypeError(f"{type(value).__name__} is nothing that JSON can say")


_ENCODER = msgspec.json.Encoder(order="sorted", enc_hook=_verbatim)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return value


_guard: type[Renderer] = JsonRenderer
_collection_guard: type[Renderer] = CollectionRenderer
