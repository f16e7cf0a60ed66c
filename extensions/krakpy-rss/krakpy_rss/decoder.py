"""The decoder `rss`: a backend's feed becomes the document that KrakenD would make of it, whatever its format.

    RssDecoder(None).decode(b"<rss><channel><title>News</title></channel></rss>", False)["title"]      # "News"
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from krakpy_sdk import Decoder

from krakpy_rss import atom, json_feed, rss
from krakpy_rss.elements import read
from krakpy_rss.namespaces import is_extension

#: white space and the bytes of byte order marks
_BEFORE = b" \t\r\n\xef\xbb\xbf\xfe\xff\x00"


@dataclass(frozen=True)
class RssConfig:
    """The settings, under `plugin.instances`: `"krakpy-rss/rss": {"config": {"allow_doctype": true}}`."""

    allow_doctype: bool = False
    """Pass over a DOCTYPE that declares nothing by itself, as RSS 0.91 has one; nothing is fetched either way."""


class RssDecoder:
    """Gives `title`, `description`, `items` and the other fields of a feed in RSS, RDF, Atom or JSON Feed.

    `is_collection` makes no difference (KrakenD: encoding `rss`). ValueError for what is no feed or not well-formed.
    """

    Config = RssConfig

    def __init__(self, config: RssConfig | None) -> None:
        self._allows_doctype = (config or RssConfig()).allow_doctype

    def decode(self, body: bytes, is_collection: bool) -> dict[str, Any]:  # noqa: ARG002  a feed is never a collection
        """The document; see the class."""
        first = body[:64].lstrip(_BEFORE)[:1] or body.lstrip(_BEFORE)[:1]
        if first == b"{":
            return json_feed.feed(body)
        if first != b"<":
            raise ValueError("the body is no feed: it is neither XML nor JSON")
        root = read(body, allow_doctype=self._allows_doctype)
        kind = "" if is_extension(root.prefix) and root.prefix != "rdf" else root.name.lower()
        if kind in ("rss", "rdf"):
            return rss.feed(root)
        if kind == "feed":
            return atom.feed(root)
        raise ValueError(f"the body is no feed: its root is {root.name[:40]!r}")


_guard: type[Decoder] = RssDecoder
