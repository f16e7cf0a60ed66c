"""What feeds have beyond their format: Dublin Core, iTunes, Media RSS and whatever else has a prefix."""
from __future__ import annotations

from typing import Any

from krakpy_rss.elements import Element
from krakpy_rss.namespaces import is_extension

Extension = dict[str, Any]
Extensions = dict[str, dict[str, list[Extension]]]
"""Prefix -> name of the element -> elements."""

_DUBLIN_CORE = (
    "title", "creator", "author", "subject", "description", "publisher", "contributor", "date", "type", "format",
    "identifier", "source", "language", "relation", "coverage", "rights",
)
_ITUNES_FEED = ("author", "block", "explicit", "keywords", "subtitle", "summary", "complete", "type")
_ITUNES_ITEM = (
    "author", "block", "duration", "explicit", "keywords", "subtitle", "summary", "isClosedCaptioned", "episode",
    "season", "order", "episodeType",
)


def of(element: Element) -> Extensions:
    """The extensions that stand directly in an element."""
    found: Extensions = {}
    for child in element.elements:
        if is_extension(child.prefix):
            found.setdefault(child.prefix, {}).setdefault(child.name, []).append(_extension(child))
    return found


def _extension(element: Element) -> Extension:
    children: dict[str, list[Extension]] = {}
    for child in element.elements:
        children.setdefault(child.name, []).append(_extension(child))
    return {"name": element.name, "value": element.value, "attrs": element.attributes, "children": children}


def dublin_core(extensions: Extensions) -> dict[str, list[str]] | None:
    """The texts of `dc:…` by name; None if there are none."""
    dc = extensions.get("dc")
    return None if dc is None else {name: [one["value"] for one in dc[name]] for name in _DUBLIN_CORE if name in dc}


def itunes_item(extensions: Extensions) -> dict[str, Any] | None:
    """What iTunes says of an episode; None if it says nothing."""
    itunes = extensions.get("itunes")
    return None if itunes is None else _present({**_texts(itunes, _ITUNES_ITEM), "image": _image(itunes)})


def itunes_feed(extensions: Extensions) -> dict[str, Any] | None:
    """What iTunes says of a podcast; None if it says nothing."""
    itunes = extensions.get("itunes")
    if itunes is None:
        return None
    categories = [_category(one) for one in itunes.get("category", ())]
    return _present({**_texts(itunes, _ITUNES_FEED), "image": _image(itunes), "categories": categories})


def media_image(extensions: Extensions, *, is_item: bool) -> str | None:
    """The URL of the first `media:content` that is an image."""
    for content in extensions.get("media", {}).get("content", ()):
        kind, medium = content["attrs"].get("type", ""), content["attrs"].get("medium", "")
        if ("image" in kind or "image" in medium) if is_item else (kind.startswith("image/") or medium == "image"):
            return str(content["attrs"].get("url", ""))
    return None


def _texts(extensions: dict[str, list[Extension]], names: tuple[str, ...]) -> dict[str, str]:
    return {name: extensions[name][0]["value"] for name in names if name in extensions}


def _image(itunes: dict[str, list[Extension]]) -> str:
    return str(itunes["image"][0]["attrs"].get("href", "")) if "image" in itunes else ""


def _category(category: Extension) -> dict[str, Any]:
    inner = category["children"].get("category")
    names = {"text": category["attrs"].get("text", "")}
    return {**_present(names), **({"subcategory": _category({**inner[0], "children": {}})} if inner else {})}


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
