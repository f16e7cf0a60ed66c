"""RSS 0.9x and 2.0, and RSS 1.0, which is RDF."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from krakpy_rss import documents, extensions
from krakpy_rss.dates import parsed
from krakpy_rss.elements import Element
from krakpy_rss.extensions import Extensions
from krakpy_rss.texts import first_image, person

_KNOWN = frozenset((
    "title", "description", "encoded", "link", "author", "comments", "pubdate", "source", "enclosure", "guid",
    "category",
))


def feed(root: Element) -> dict[str, Any]:
    """The document of a feed; items and image may stand beside the channel (RSS 1.0)."""
    channel = root.last("channel") or Element("channel", "", {}, "", (b"", 0))
    found = extensions.of(channel)
    dc, itunes = extensions.dublin_core(found) or {}, extensions.itunes_feed(found) or {}
    description = channel.last_text("description")
    return documents.feed(
        "rss",
        map(_item, (*channel.all("item"), *root.all("item"))),
        image=_feed_image(root.last("image") or channel.last("image"), itunes, found, description),
        title=channel.last_text("title") or _first(dc, "title"),
        description=description or itunes.get("summary", ""),
        language=channel.last_text("language") or _first(dc, "language"),
        copyright=channel.last_text("copyright") or _first(dc, "rights"),
        published=channel.last_text("pubdate"),
        updated=channel.last_text("lastbuilddate") or _first(dc, "date"),
        author=_author(dc, itunes, channel.last_text("managingeditor"), channel.last_text("webmaster")),
        categories=[*_categories(channel, itunes), *_podcast(itunes), *dc.get("subject", ())] or None,
    )


def _item(element: Element) -> dict[str, Any]:
    found = extensions.of(element)
    dc, itunes = extensions.dublin_core(found), extensions.itunes_item(found)
    core, podcast = dc or {}, itunes or {}
    enclosures = [_enclosure(one) for one in element.all("enclosure")]
    description = element.last_text("description")
    content = _content(element)
    links = [_link(link) for link in element.all("link")]
    author = _author(core, podcast, element.last_text("author"))
    image = _item_image(podcast, found, enclosures, (content, description))
    return documents.item(
        title=element.last_text("title") or _first(core, "title"),
        description=description or _first(core, "description") or podcast.get("summary", ""),
        content=content,
        link=links[-1] if links else "",
        links=links,
        published=element.last_text("pubdate") or _first(core, "date"),
        publishedParsed=parsed(element.last_text("pubdate")) or parsed(_first(core, "date"), in_utc=False),
        author=author,
        authors=None if author is None else [author],
        guid=element.last_text("guid"),
        image=documents.image(image),
        categories=[*_categories(element, podcast), *core.get("subject", ())],
        enclosures=enclosures,
        dcExt=dc,
        itunesExt=itunes,
        extensions=found or None,
        custom={one.name: one.text for name, all in element.own.items() if name not in _KNOWN for one in all} or None,
    )


def _first(texts: dict[str, list[str]], name: str) -> str:
    return texts.get(name, [""])[0]


def _content(element: Element) -> str:
    encoded = [one for one in element.all("encoded") if one.prefix == "content"]
    return encoded[-1].text if encoded else ""


def _link(element: Element) -> str:
    return element.text or element.attribute("href")


def _enclosure(element: Element) -> dict[str, Any]:
    return documents.item(**{name: element.attribute(name) for name in ("url", "length", "type")})


def _author(dc: dict[str, list[str]], itunes: dict[str, Any], *own: str) -> dict[str, str] | None:
    """The person that the format itself names, else the one of an extension."""
    for text in own:
        if text:
            return person(text)
    for name in ("author", "creator"):
        if name in dc:
            return person(_first(dc, name))
    return person(itunes["author"]) if itunes.get("author") else None


def _categories(element: Element, itunes: dict[str, Any]) -> list[str]:
    keywords = itunes["keywords"].split(",") if itunes.get("keywords") else []
    return [*(category.text for category in element.all("category")), *keywords]


def _podcast(itunes: dict[str, Any]) -> Iterable[str]:
    for category in itunes.get("categories", ()):
        yield category.get("text", "")
        if "subcategory" in category:
            yield category["subcategory"].get("text", "")


def _feed_image(
    image: Element | None, itunes: dict[str, Any], found: Extensions, description: str
) -> str | None:
    if image is not None:
        return image.last_text("url")
    if itunes.get("image"):
        return str(itunes["image"])
    media = extensions.media_image(found, is_item=False)
    return media if media is not None else first_image(description)


def _item_image(
    itunes: dict[str, Any], found: Extensions, enclosures: list[dict[str, Any]], texts: tuple[str, ...]
) -> str | None:
    """The image that somebody names as such, else the first of the texts."""
    if itunes.get("image"):
        return str(itunes["image"])
    media = extensions.media_image(found, is_item=True)
    if media is not None:
        return media
    for enclosure in enclosures:
        if enclosure.get("type", "").startswith("image/"):
            return str(enclosure.get("url", ""))
    return next((image for image in map(first_image, texts) if image is not None), None)
