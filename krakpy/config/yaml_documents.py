"""Reads YAML: with libyaml, and without anything that a configuration has no use for.

Tags, several documents, keys that are there twice and aliases that explode are refused. Plain words are read as Go's
yaml.v3 reads them, which KrakenD uses: `yes`, `on` and `12:30` are texts.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from krakpy.codes import Code
from krakpy.config.report import Report, join
from krakpy.config.unparsed import Unparsable

DEEPEST = 200
"""How many mappings and sequences may stand inside one another."""

LARGEST = 1_000_000
"""How many values a document may have, aliases written out."""

_TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:(0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+|0|[1-9][0-9]*)|(0[0-7]+))")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def parse(text: str, report: Report) -> Any:
    """The document; Unparsable if there is none, and a report of keys that are there twice."""
    try:
        return _Reader(text, report).document()
    except yaml.MarkedYAMLError as error:
        position = _position(error.problem_mark or error.context_mark)
        raise Unparsable(f"this is not YAML: {error.problem or error.context}", *position) from error
    except yaml.YAMLError as error:
        raise Unparsable(f"this is not YAML: {str(error).splitlines()[0]}") from error


class _Reader:
    """Builds plain values from the events of one document.

    SECURITY: not from libyaml's nodes, whose composer recurses in C without a limit: a file of brackets would end the
    process. An alias is the value that it names, not a copy.
    """

    def __init__(self, text: str, report: Report) -> None:
        self._events: Iterator[Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._report = report
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._values = 0
        self._depth = 0

    def document(self) -> Any:
        next(self._events)
        if isinstance(next(self._events), StreamEndEvent):
            raise Unparsable("the file is empty")
        found = self._value(next(self._events), "")
        next(self._events)
        after = next(self._events)
        if isinstance(after, DocumentStartEvent):
            raise _at(after, "the file holds more than one document")
        return found

    def _value(self, event: Event, place: str) -> Any:
        before = self._values
        self._count(event, 1)
        if isinstance(event, AliasEvent):
            return self._alias(event)
        found = self._scalar(event) if isinstance(event, ScalarEvent) else self._collection(event, place)
        if isinstance(event, NodeEvent) and event.anchor:
            self._anchors[event.anchor] = (found, self._values - before)
        return found

    def _count(self, event: Event, values: int) -> None:
        self._values += values
        if self._values > LARGEST:
            raise _at(event, f"the document has more than {LARGEST} values, aliases written out")

    def _alias(self, event: AliasEvent) -> Any:
        if event.anchor not in self._anchors:
            raise _at(event, f"the alias *{event.anchor} names nothing that stands before it")
        found, values = self._anchors[event.anchor]
        self._count(event, values)
        return found

    def _scalar(self, event: ScalarEvent) -> Any:
        if event.tag not in _TEXT_TAGS:
            raise _at(event, f"the tag {event.tag} is not allowed")
        return plain_word(event.value) if event.implicit[0] else event.value

    def _collection(self, event: Event, place: str) -> Any:
        assert isinstance(event, MappingStartEvent | SequenceStartEvent), "libyaml gives events in order"
        if event.tag is not None:
            raise _at(event, f"the tag {event.tag} is not allowed")
        self._depth += 1
        if self._depth > DEEPEST:
            raise _at(event, f"more than {DEEPEST} levels stand inside one another")
        found = self._mapping(place) if isinstance(event, MappingStartEvent) else self._sequence(place)
        self._depth -= 1
        return found

    def _sequence(self, place: str) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self._value(event, f"{place}[{len(found)}]"))
        return found

    def _mapping(self, place: str) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = _key(event)
            value = self._value(next(self._events), join(place, key))
            if key == "<<":
                merged = _merged(event, value) | merged
                continue
            if key in own:
                line, _ = _position(event.start_mark)
                self._report.error(Code.DUPLICATE_KEY, join(place, key), f"`{key}` is there twice (line {line})")
            own[key] = value
        return merged | own


def _merged(event: Event, value: Any) -> dict[str, Any]:
    """What `<<` adds to a mapping: of several sources the first wins."""
    found: dict[str, Any] = {}
    for source in value if isinstance(value, list) else [value]:
        if not isinstance(source, dict):
            raise _at(event, "`<<` takes mappings")
        found = source | found
    return found


def _key(event: Event) -> str:
    """A key is a text, whatever it looks like: `404` and `yes` stay as they are written."""
    if not isinstance(event, ScalarEvent):
        raise _at(event, "a key has to be a text")
    return str(event.value)


def plain_word(text: str) -> Any:
    """What a plain word stands for: null, a truth value, a number, or itself."""
    if text in _WORDS:
        return _WORDS[text]
    integer = _INTEGER.fullmatch(text)
    if integer:
        return int(text, 8) if integer[2] else int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text


def _at(event: Event, message: str) -> Unparsable:
    return Unparsable(message, *_position(event.start_mark))


def _position(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)
