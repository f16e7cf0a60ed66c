"""Reads XML that nobody trusts: no DTD, no entities of its own, nothing fetched, bounded depth.

    class Titles(Reader):
        def begin(self, name, attributes): ...
        def end(self, name): ...
        def text(self, text): ...

    Titles().read(body)
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn
from xml.parsers import expat
from xml.sax import SAXParseException

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from krakpy_xml.charsets import decoded

#: how deep elements may be nested
MAX_DEPTH = 64


class Reader(DefusedExpatParser):
    """Calls `begin`, `end` and `text` for the root element and all that is in it; what follows it is not looked at.

    Names come as they are written, with their prefixes. A text ends where anything else begins, be it an element, a
    comment or a CDATA section, and it may be blank.
    """

    _parser: expat.XMLParserType

    # SECURITY: expat neither fetches nor resolves anything by itself. What defusedxml adds is that a declaration of a
    # DTD, of an entity or of something external is an error at once, whatever the version of expat would make of it
    def __init__(self, *, allow_doctype: bool = False, max_depth: int = MAX_DEPTH) -> None:
        super().__init__(forbid_dtd=not allow_doctype, forbid_entities=True, forbid_external=True)
        self._max_depth = max_depth
        self._depth = 0
        self._is_complete = False
        self._pieces: list[str] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        raise NotImplementedError

    def end(self, name: str) -> None:
        """An element ends."""
        raise NotImplementedError

    def text(self, text: str) -> None:
        """A text inside the element that began last and has not ended."""
        raise NotImplementedError

    def read(self, body: bytes) -> None:
        """Read the document of a body; ValueError if it is not well-formed, has a DTD or is nested too deep."""
        self.read_text(decoded(body))

    def read_text(self, text: str) -> None:
        """Read a document that has been decoded."""
        # NOTE: as a text and in one piece: expat ignores the declared charset then, and reads a long token only once
        try:
            self.feed(text)
            self.close()
        except SAXParseException as error:
            if not self._is_complete:
                place = f"line {error.getLineNumber()}, column {error.getColumnNumber()}"
                raise ValueError(f"the body is not XML: {error.getMessage()} at {place}") from error
        except DefusedXmlException as error:
            raise ValueError("the body has a DTD, which is never read") from error

    @property
    def offset(self) -> int:
        """Where what is being told begins, in bytes of the text's UTF-8."""
        return self._parser.CurrentByteIndex

    # what follows is what expat calls

    def reset(self) -> None:
        super().reset()
        parser = self._parser
        if not self.forbid_dtd:
            # NOTE: a DOCTYPE is passed over then, as KrakenD does; what it refers to is not asked for
            parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
            parser.StartDoctypeDeclHandler = self._check_doctype
        parser.CharacterDataHandler = self._pieces.append
        for boundary in ("Comment", "ProcessingInstruction", "StartCdataSection", "EndCdataSection"):
            setattr(parser, f"{boundary}Handler", self._told)

    def start_element(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._pieces:
            self._told()
        self._depth += 1
        if self._depth > self._max_depth:
            raise ValueError(f"the body is nested deeper than {self._max_depth} levels")
        self.begin(name, attributes)

    def end_element(self, name: str) -> None:
        if self._pieces:
            self._told()
        self._depth -= 1
        self._is_complete = not self._depth
        self.end(name)

    def skipped_entity_handler(self, name: str, is_parameter: bool) -> NoReturn:  # noqa: ARG002  neither is known
        raise ValueError(f"the body is not XML: the entity {name[:40]!r} is not defined")

    def _told(self, *_: str) -> None:
        """Tell the text that has come so far, because something else begins."""
        if self._pieces:
            text = "".join(self._pieces)
            self._pieces.clear()
            self.text(text)

    def _check_doctype(self, _: str, system_id: str | None, public_id: str | None, declares: bool) -> None:  # noqa: ARG002
        if declares:
            raise ValueError("the body has a DTD of its own, which is never read")


def local_name(name: str) -> str:
    """The name without its prefix; one with a colon at either end has none (Go: encoding/xml)."""
    if ":" not in name:
        return name
    prefix, _, local = name.partition(":")
    return local if prefix and local else name
