"""The one document that feeds of every format become, with the field names of KrakenD's feed library."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def feed(kind: str, items: Iterable[dict[str, Any]], *, image: str | None = None, **fields: Any) -> dict[str, Any]:
    """The document of a feed; `kind` is its format, and what is not given is empty."""
    document: dict[str, Any] = {
        "author": None, "categories": None, "copyright": "", "custom": None, "description": "", "language": "",
        "published": "", "title": "", "updated": "",
    }
    document |= fields
    document |= {"items": list(items), "type": kind}
    if image is not None:
        document["img_url"] = image
    return document


def item(**fields: Any) -> dict[str, Any]:
    """The document of an item: the fields that are not empty; a person or an extension may be."""
    return {name: value for name, value in fields.items() if value or value == {}}


def image(url: str | None) -> dict[str, str] | None:
    """The image at a URL; None if there is none."""
    return None if url is None else item(url=url)
