"""The decoder `xml`: a backend's XML becomes the document that KrakenD would make of it.

    XmlDecoder(None).decode(b"<user><name>Ada</name></user>", False)      # {"user": {"name": "Ada"}}
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from krakpy_sdk import ConfigError, Decoder

from krakpy_xml.document import read
from krakpy_xml.reader import MAX_DEPTH

#: the most that `max_depth` may be: what walks over documents runs out of stack somewhere above
_DEEPEST = 200


@dataclass(frozen=True)
class XmlConfig:
    """The settings, under `plugin.instances`: `"krakpy-xml/xml": {"config": {"allow_doctype": true}}`."""

    allow_doctype: bool = False
    """Pass over a DOCTYPE that declares nothing by itself, as KrakenD does; nothing is fetched either way."""

    max_depth: int = MAX_DEPTH
    """Most elements that may stand inside one another, 1 to 200; an answer with more is an error of the backend."""

    def __post_init__(self) -> None:
        if not 1 <= self.max_depth <= _DEEPEST:
            raise ConfigError(f"{self.max_depth} is not between 1 and {_DEEPEST}", path="max_depth")


class XmlDecoder:
    """Gives the root element under its name, and all of that under `collection` with `is_collection`.

    ValueError for what is not well-formed, for a DTD, an unknown charset, and for more levels than `max_depth`
    (KrakenD: encoding `xml`, which passes over DTDs and has no limit).
    """

    Config = XmlConfig

    def __init__(self, config: XmlConfig | None) -> None:
        self._config = config or XmlConfig()

    def decode(self, body: bytes, is_collection: bool) -> dict[str, Any]:
        """The document; see the class."""
        document = read(body, allow_doctype=self._config.allow_doctype, max_depth=self._config.max_depth)
        return {"collection": document} if is_collection else document


_guard: type[Decoder] = XmlDecoder
