"""Writes documents as XML (`xml`), by the rules of KrakenD's XML library.

    XmlRenderer(None).render(request, Response(data={"user": {"-id": "7", "name": "Ada"}})).body
    # b'<user id="7"><name>Ada</name></user>'
"""
from __future__ import annotations

from typing import Any

from krakpy_sdk import Renderer, Request, Response

from krakpy.encoding.content import Content
from krakpy.encoding.error_details import ErrorDetails
from krakpy.encoding.json_renderer import write as json_text
from krakpy.encoding.number_text import number_text
from krakpy.encoding.xml_text import escaped, named

_XML = Content("application/xml")
_ROOT = "doc"
_TEXT = "#text"


class XmlRenderer:
    """Writes the document with the key as root if it has only one, else with the root `doc`; no XML declaration.

    Keys are sorted. `-x` is the attribute `x`, `#text` the text beside attributes and elements; an array repeats its
    tag; what is empty is `<tag/>`. The body is empty if an attribute is null, an object or an array (KrakenD: the
    same). What XML cannot say does not get out: other characters in names become `_`, control characters U+FFFD.
    """

    def __init__(self, config: object) -> None:
        pass

    def render(self, request: Request, response: Response) -> Response:  # noqa: ARG002  XML whatever is accepted
        """The response with its document as body."""
        return _XML.of(response, write(response.data or {}))


def write(document: dict[str, Any]) -> bytes:
    """A document as XML in bytes, by the rules of `XmlRenderer`."""
    parts: list[str] = []
    try:
        _element(parts, *_root(document))
    except _NoAttribute:
        return b""
    return "".join(parts).encode()


class _NoAttribute(Exception):
    """An attribute that is no text, number or boolean."""


def _root(document: dict[str, Any]) -> tuple[str, Any]:
    """The name of the root and what is in it; an array is no root unless objects are all that it has."""
    if len(document) != 1:
        return _ROOT, document
    ((name, value),) = document.items()
    if isinstance(value, list | tuple) and not all(isinstance(item, dict) for item in value):
        return _ROOT, document
    return name, value


def _element(parts: list[str], key: str, value: Any) -> None:
    if isinstance(value, ErrorDetails):
        _element(parts, key, value.as_text())
    elif isinstance(value, dict):
        _object(parts, named(key), value)
    elif isinstance(value, list | tuple) and value:
        for item in value:
            _element(parts, key, item)
    else:
        name, text = named(key), _text(value)
        parts.append(f"<{name}>{text}</{name}>" if text else f"<{name}/>")


def _object(parts: list[str], name: str, members: dict[str, Any]) -> None:
    attributes = sorted(key for key in members if _is_attribute(key))
    start = name + "".join(_attributes(attributes, members))
    if len(attributes) == len(members):
        parts.append(f"<{start}/>")
        return
    parts.append(f"<{start}>")
    if _TEXT in members:
        parts.append(_text(members[_TEXT]))
    for key in sorted(members):
        if key != _TEXT and not _is_attribute(key):
            _element(parts, key, members[key])
    parts.append(f"</{name}>")


def _is_attribute(key: str) -> bool:
    return len(key) > 1 and key[0] == "-"


def _attributes(keys: list[str], members: dict[str, Any]) -> list[str]:
    """The attributes as they are written; of two whose names become one the last wins."""
    written: dict[str, str] = {}
    for key in keys:
        value = members[key]
        if not isinstance(value, str | int | float):
            raise _NoAttribute
        written[named(key[1:])] = _text(value)
    return [f' {name}="{text}"' for name, text in written.items()]


def _text(value: Any) -> str:
    """The text of a value, escaped; nothing for null and what is empty; of other objects and
    arrays, which only `#text` can have, the JSON."""
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    return escaped(json_text(value).decode()) if value else ""


_guard: type[Renderer] = XmlRenderer
