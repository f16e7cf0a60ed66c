"""The decoder `xml`: a backend's XML becomes the document that KrakenD would make of it.

    XmlDecoder(None).decode(b"<user><name>Ada</name></user>", False)      # {"user": {"name": "Ada"}}
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from krakpy_sdk import Decoder

from krakpy_xml.document import read


@dataclass(frozen=True)
class XmlConfig:
    """The settings, under `plugin.instances`: `"krakpy-xml/xml": {"config": {"allow_doctype": true}}`."""

    allow_doctype: bool = False
    """Pass over a DOCTYPE that declares nothing by itself, as KrakenD does; nothing is fetched either way."""


class XmlDecoder:
    """Gives the root element under its name, and all of that under `collection` with `is_collection`.

    ValueError for what is not well-formed, for a DTD, an unknown charset, and for more than 64 levels (KrakenD:
    encoding `xml`, which passes over DTDs and has no limit).
    """

    Config = XmlConfig

    def __init__(self, config: XmlConfig | None) -> None:
        self._allows_doctype = (config or XmlConfig()).allow_doctype

    def decode(self, body: bytes, is_collection: bool) -> dict[str, Any]:
        """The document; see the class."""
        document = read(body, allow_doctype=self._allows_doctype)
        return {"collection": document} if is_collection else document


_guard: type[Decoder] = XmlDecoder
