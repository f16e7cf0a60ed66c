"""XML to documents, by the rules of KrakenD's XML library.

    read(b'<user id="7"><name>Ada</name><tag>x</tag><tag>y</tag></user>')
    # {"user": {"-id": "7", "name": "Ada", "tag": ["x", "y"]}}

An attribute is `-name`, and so is a declaration of a namespace. Prefixes are dropped. Siblings of one name are an
array. An element with nothing but text is that text, an empty one `""`; beside attributes or elements text is `#text`.
Every scalar is a string, without the white space around it.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from krakpy_xml.reader import MAX_DEPTH, Reader, local_name

_TEXT = "#text"
_SPACE = "\t\r\b\n "


def read(body: bytes, *, allow_doctype: bool = False, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """The document of a body, under the name of its root; ValueError if there is none."""
    reader = _DocumentReader(allow_doctype=allow_doctype, max_depth=max_depth)
    reader.read(body)
    return reader.document


class _Element:
    __slots__ = ("members", "name", "text")

    def __init__(self, name: str, members: dict[str, Any]) -> None:
        self.name = name
        self.members = members
        self.text = ""

    def value(self) -> dict[str, Any] | str:
        if not self.members:
            return self.text
        if self.text:
            self.members[_TEXT] = self.text
        return self.members


class _DocumentReader(Reader):
    """Builds the document from the inside out; of several texts in an element one remains."""

    def __init__(self, *, allow_doctype: bool, max_depth: int) -> None:
        super().__init__(allow_doctype=allow_doctype, max_depth=max_depth)
        self.document: dict[str, Any] = {}
        self._open: list[_Element] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        members = {f"-{local_name(key)}": value for key, value in attributes.items()} if attributes else {}
        self._open.append(_Element(local_name(name), members))

    def text(self, text: str) -> None:
        text = text.strip(_SPACE)
        if not text:
            return
        element = self._open[-1]
        # NOTE: the last text before the first element wins, else, and where there are attributes, the last one of all
        # (KrakenD: the same)
        if element.members:
            element.members[_TEXT] = text
        else:
            element.text = text

    def end(self, name: str) -> None:  # noqa: ARG002  it is the one that began last
        element = self._open.pop()
        value = element.value()
        if not self._open:
            self.document = {element.name: value}
            return
        siblings = self._open[-1].members
        present = siblings.get(element.name)
        if present is None:
            siblings[element.name] = value
        elif isinstance(present, list):
            present.append(value)
        else:
            siblings[element.name] = [present, value]
