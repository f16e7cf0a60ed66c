"""Texts of feeds: entities and CDATA decoded, names told from addresses, the first image of some HTML."""
from __future__ import annotations

import html
import re

_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_LONGEST_PERSON = 500
_ADDRESS_NAME = re.compile(r"([^@]+@\S+)\s+\(([^@]+)\)")
_NAME_ADDRESS = re.compile(r"([^@]+)\s+\(([^@]+@[^)]+)\)")
_NAME = re.compile(r"[^@()]+")
_ADDRESS = re.compile(r"[^@()]+@[^@()]+")
_IMAGE = re.compile(r"<img(?=[\s/])", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*)))?""")


def plain(inner: str) -> str:
    """The text that some inner XML is: CDATA sections as they are, entities decoded around them; tags stay."""
    if "<![CDATA[" not in inner:
        return html.unescape(inner) if "&" in inner else inner
    # NOTE: split by a pattern with one group gives what is outside and what is inside in turn
    parts = _CDATA.split(inner)
    return "".join(part if index % 2 else html.unescape(part) for index, part in enumerate(parts))


def person(text: str) -> dict[str, str]:
    """`name` and `email` of "Ada (ada@a.test)", "ada@a.test (Ada)" or one of the two; nothing for any other text."""
    if len(text) > _LONGEST_PERSON:
        return {}
    if found := _ADDRESS_NAME.fullmatch(text):
        return {"name": found[2], "email": found[1]}
    if found := _NAME_ADDRESS.fullmatch(text):
        return {"name": found[1], "email": found[2]}
    if _NAME.fullmatch(text):
        return {"name": text}
    return {"email": text} if _ADDRESS.fullmatch(text) else {}


def first_image(document: str) -> str | None:
    """The source of the first image of an HTML text that has one."""
    place = 0
    while found := _IMAGE.search(document, place):
        # PERF: the search goes on where a tag ends, so that nothing is looked at twice
        source, place = _source(document, found.end())
        if source is not None:
            return source
    return None


def _source(document: str, place: int) -> tuple[str | None, int]:
    """The `src` of the tag whose attributes begin here, and where they end."""
    source = None
    while found := _ATTRIBUTE.match(document, place):
        place = found.end()
        if source is None and found[1].lower() == "src":
            source = html.unescape(found[2] or found[3] or found[4] or "")
    return source, place
