"""Atom 1.0 (RFC 4287) and 0.3."""
from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from krakpy_rss import documents, extensions
from krakpy_rss.dates import parsed
from krakpy_rss.elements import Element, joined
from krakpy_rss.texts import plain

_LINKS = ("alternate", "self")
_DIV = re.compile(r"<(?:\w+:)?div(?:\s[^>]*)?>((?:(?!<(?:\w+:)?div[\s>]).)*)</(?:\w+:)?div\s*>", re.DOTALL)


def feed(root: Element) -> dict[str, Any]:
    """The document of a feed."""
    people = _people(root)
    return documents.feed(
        "atom",
        map(_entry, root.all("entry")),
        image=_text(root, "logo") or _text(root, "icon") or None,
        title=_text(root, "title"),
        description=_text(root, "subtitle", "tagline"),
        updated=_text(root, "updated", "modified"),
        copyright=_text(root, "rights", "copyright"),
        language=root.attribute("lang"),
        author=people[0] if people else None,
        categories=_categories(root) or None,
    )


def _entry(element: Element) -> dict[str, Any]:
    updated = _text(element, "updated", "modified")
    published = _text(element, "published", "issued")
    links = [(link.attribute("rel") or "alternate", link) for link in element.all("link")]
    people = _people(element)
    return documents.item(
        title=_text(element, "title"),
        description=_text(element, "summary"),
        content=_text(element, "content"),
        link=next((link.attribute("href") for rel, link in links if rel == "alternate"), ""),
        links=[link.attribute("href") for rel, link in links if rel in _LINKS],
        updated=updated,
        updatedParsed=parsed(updated),
        published=published or updated,
        publishedParsed=parsed(published) or parsed(updated),
        author=people[0] if people else None,
        authors=people,
        guid=_text(element, "id"),
        categories=_categories(element),
        enclosures=[_enclosure(link) for rel, link in links if rel == "enclosure"],
        extensions=extensions.of(element) or None,
    )


def _enclosure(link: Element) -> dict[str, Any]:
    return documents.item(url=link.attribute("href"), length=link.attribute("length"), type=link.attribute("type"))


def _people(element: Element) -> list[dict[str, Any]]:
    return [documents.item(name=_text(one, "name"), email=_text(one, "email")) for one in element.all("author")]


def _categories(element: Element) -> list[str]:
    return [one.attribute("label") or one.attribute("term") for one in element.all("category")]


def _text(parent: Element, *names: str) -> str:
    """The text construct of the last element of these names; empty if there is none (RFC 4287 §3.1, §4.1.3)."""
    element = parent.last(*names)
    if element is None:
        return ""
    text = _content(element)
    return joined(element.base, text) if names[0] in ("id", "icon", "logo") else text


def _content(element: Element) -> str:
    inner, kind = element.inner, element.attribute("type").lower()
    if "<![CDATA[" in inner or kind in ("text", "html") or kind.startswith("text/"):
        return plain(inner)
    if "xhtml" in kind:
        wrapped = _DIV.fullmatch(inner)
        return wrapped[1] if wrapped else inner
    return plain(inner) if not kind and not element.attribute("mode") else _from_base64(inner)


def _from_base64(inner: str) -> str:
    try:
        return base64.b64decode(inner.replace("\r", "").replace("\n", ""), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return inner
