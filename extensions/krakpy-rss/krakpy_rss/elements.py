"""A feed's XML as a tree whose texts are read when somebody asks for them.

    channel = read(body).last("channel")
    channel.last("title").text          # decoded; markup in it stays
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin

from krakpy_xml import Reader, decoded, local_name

from krakpy_rss.namespaces import is_extension, prefix_of
from krakpy_rss.texts import plain

#: attributes that are relative to `xml:base`
_URIS = frozenset(("href", "scheme", "src", "uri"))
_START_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
#: what may hold an ampersand that needs no mending, or, as group 1, one that does
_LOOSE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);|(&)(?:(\w{1,40});)?",
    re.DOTALL,
)
_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)")


class Element:
    """One element: its name without and its prefix as well-known, its attributes, its elements, and its inner XML."""

    __slots__ = (
        "_by_name", "_document", "_end", "_pieces", "_start", "attributes", "base", "elements", "name", "prefix",
    )

    def __init__(self, name: str, prefix: str, attributes: dict[str, str], base: str, place: tuple[bytes, int]) -> None:
        self.name = name
        self.prefix = prefix
        self.attributes = attributes
        self.base = base
        self.elements: list[Element] = []
        self._pieces: list[str] = []
        self._document, self._start = place
        self._end = self._start
        self._by_name: dict[str, list[Element]] | None = None

    def close(self, end: int) -> None:
        """Say where the end tag begins."""
        self._end = end

    def add(self, text: str) -> None:
        """Add a text that stands directly inside."""
        self._pieces.append(text)

    @property
    def value(self) -> str:
        """What is text directly inside, without the white space around it."""
        return "".join(self._pieces).strip()

    @property
    def inner(self) -> str:
        """What stands between the tags as it is written, without the white space around it."""
        tag = _START_TAG.match(self._document, self._start)
        return self._document[tag.end():self._end].decode().strip() if tag and tag.end() <= self._end else ""

    @property
    def text(self) -> str:
        """The inner XML with entities and CDATA sections decoded; tags in it stay as they are."""
        return plain(self.inner)

    @property
    def own(self) -> dict[str, list[Element]]:
        """The elements of the feed's format by their name in lower case; only for what is complete."""
        if self._by_name is None:
            self._by_name = {}
            for element in self.elements:
                if not is_extension(element.prefix):
                    self._by_name.setdefault(element.name.lower(), []).append(element)
        return self._by_name

    def all(self, name: str) -> list[Element]:
        """The format's own elements of this name."""
        return self.own.get(name, [])

    def last(self, *names: str) -> Element | None:
        """The last of the format's own elements of the first of these names that is there."""
        return next((self.own[name][-1] for name in names if name in self.own), None)

    def last_text(self, *names: str) -> str:
        """The text of the last of these elements; empty if there is none."""
        element = self.last(*names)
        return element.text if element else ""

    def attribute(self, name: str) -> str:
        """The attribute, or nothing."""
        return self.attributes.get(name, "")


def read(body: bytes, *, allow_doctype: bool = False) -> Element:
    """The root of a body; ValueError if it is no XML, even with ampersands as lenient as feeds write them."""
    text = decoded(body)
    if _BARE.search(text):
        text = _LOOSE.sub(_mended, text)
    tree = _Tree(text, allow_doctype=allow_doctype)
    tree.read_text(text)
    return tree.root


def _mended(match: re.Match[str]) -> str:
    """The entities of HTML as numbers, and other ampersands escaped; what is sound as it is."""
    if not match[1]:
        return match[0]
    character = plain(match[0]) if match[2] else match[0]
    return f"&#{ord(character)};" if len(character) == 1 and character != "&" else f"&amp;{match[0][1:]}"


class _Tree(Reader):
    def __init__(self, text: str, *, allow_doctype: bool) -> None:
        super().__init__(allow_doctype=allow_doctype)
        self._document = text.encode()
        self._open: list[Element] = []
        self._spaces: list[dict[str, str]] = [{}]

    @property
    def root(self) -> Element:
        return self._root

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        spaces, base, own = self._spaces[-1], self._open[-1].base if self._open else "", {}
        if attributes:
            spaces = self._declared(attributes)
            base = joined(base, attributes.get("xml:base", ""))
            own = {local_name(key): _resolved(base, key, value) for key, value in attributes.items()}
        self._spaces.append(spaces)
        local = local_name(name)
        prefix = prefix_of(name.removesuffix(local)[:-1], spaces)
        element = Element(local, prefix, own, base, (self._document, self.offset))
        if self._open:
            self._open[-1].elements.append(element)
        self._open.append(element)

    def text(self, text: str) -> None:
        self._open[-1].add(text)

    def end(self, name: str) -> None:  # noqa: ARG002  it is the one that began last
        self._spaces.pop()
        self._root = self._open.pop()
        self._root.close(self.offset)

    def _declared(self, attributes: Mapping[str, str]) -> dict[str, str]:
        """The namespaces by prefix, with those that these attributes declare."""
        declared = {key[6:]: attributes[key].strip() for key in attributes if key == "xmlns" or key[:6] == "xmlns:"}
        return {**self._spaces[-1], **declared} if declared else self._spaces[-1]


def _resolved(base: str, key: str, value: str) -> str:
    return joined(base, value) if base and local_name(key).lower() in _URIS else value


def joined(base: str, uri: str) -> str:
    """The URI relative to a base, which is a folder whether or not it ends in a slash."""
    try:
        return urljoin(base if base.endswith("/") or not uri else f"{base}/", uri) if base else uri
    except ValueError:
        return uri
