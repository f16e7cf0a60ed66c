"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""
from __future__ import annotations

import json
from typing import Any, NoReturn

from krakpy_rss import documents
from krakpy_rss.dates import parsed
from krakpy_rss.texts import person


def feed(body: bytes) -> dict[str, Any]:
    """The document of a feed; ValueError if it is no JSON, or has members of other types than JSON Feed says."""
    try:
        source = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
    except RecursionError:
        raise ValueError("the body is nested too deep") from None
    items = _objects(source, "items")
    newest = items[0] if items else {}
    return documents.feed(
        "json",
        map(_item, items),
        image=_text(source, "icon") or None,
        title=_text(source, "title"),
        description=_text(source, "description"),
        language=_text(source, "language"),
        author=_author(source),
        published=_text(newest, "date_published"),
        updated=_text(newest, "date_modified"),
    )


def _item(source: dict[str, Any]) -> dict[str, Any]:
    image = _text(source, "image") or _text(source, "banner_image")
    author, authors = _author(source), [_person(one) for one in _objects(source, "authors")]
    return documents.item(
        title=_text(source, "title"),
        description=_text(source, "summary"),
        content=_text(source, "content_html") or _text(source, "content_text"),
        link=_text(source, "url"),
        links=[link for link in (_text(source, "url"), _text(source, "external_url")) if link],
        updated=_text(source, "date_modified"),
        updatedParsed=parsed(_text(source, "date_modified"), in_utc=False),
        published=_text(source, "date_published"),
        publishedParsed=parsed(_text(source, "date_published"), in_utc=False),
        author=author,
        authors=authors or ([author] if author is not None else None),
        guid=_text(source, "id"),
        image=documents.image(image or None),
        categories=_texts(source, "tags"),
        enclosures=[_enclosure(one) for one in _objects(source, "attachments")],
    )


def _enclosure(attachment: dict[str, Any]) -> dict[str, Any]:
    seconds = _member(attachment, "duration_in_seconds", int, 0)
    return documents.item(url=_text(attachment, "url"), length=str(seconds), type=_text(attachment, "mime_type"))


def _author(source: dict[str, Any]) -> dict[str, str] | None:
    author = _member(source, "author", dict, None)
    return None if author is None else _person(author)


def _person(source: dict[str, Any]) -> dict[str, str]:
    name = _text(source, "name")
    return person(name) if name else {}


def _text(source: dict[str, Any], key: str) -> str:
    return str(_member(source, key, str, ""))


def _texts(source: dict[str, Any], key: str) -> list[str]:
    found: list[str] = _member(source, key, list, [])
    return found if all(isinstance(one, str) for one in found) else _refuse(key)


def _objects(source: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _member(source, key, list, [])
    return found if all(isinstance(one, dict) for one in found) else _refuse(key)


def _member(source: dict[str, Any], key: str, kind: type, default: Any) -> Any:
    value = source.get(key)
    if value is None:
        return default
    return value if isinstance(value, kind) else _refuse(key)


def _refuse(what: str) -> NoReturn:
    raise ValueError(f"the body is no JSON feed: {what} is not what it should be")
