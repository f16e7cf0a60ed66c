"""The part of Go's templates that `krakend audit -f` is documented with.

    Template("{{range .Recommendations}}{{.Rule}} {{.Message}}{{end}}").render(data, {"marshal": marshal})

Texts, fields (`.`, `.Rule`), `range` and `if` with `else` and `end`, `marshal`, `colored`, text constants, comments,
and `{{-`, `-}}`, which take the white space beside them. Anything else is refused by its name.
"""
from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

FUNCTIONS = ("marshal", "colored")

Functions = Mapping[str, Callable[[Any], str]]
Node = Callable[[Any, Functions], str]

_ACTION = re.compile(r"(?:\{\{|(?P<before>\s*)\{\{-\s)\s*(?P<inside>.*?)\s*(?:\s-\}\}(?P<after>\s*)|\}\})", re.DOTALL)
_COMMENT = re.compile(r"/\*.*\*/", re.DOTALL)
_WORD = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`|\.[\w.]*|\w+|\S', re.DOTALL)
_KNOWN = "range, if, else, end, marshal, colored, texts, comments, and fields such as .Recommendations and .Rule"


class TemplateError(ValueError):
    """The template is not right, or it uses more of Go's templates than there is here."""


class Template:
    """A template that has been read; TemplateError says what is wrong with it."""

    def __init__(self, source: str) -> None:
        self._body, _ = _body(_pieces(source), "")

    def render(self, data: Any, functions: Functions) -> str:
        """The text for these data; TemplateError for a field that is not there."""
        return self._body(data, functions)


class _Action(NamedTuple):
    """What stands between two pairs of braces, in words."""

    words: list[str]


def _pieces(source: str) -> Iterator[str | _Action]:
    end = 0
    for match in _ACTION.finditer(source):
        yield source[end : match.start()]
        end = match.end()
        if not _COMMENT.fullmatch(match["inside"]):
            yield _Action(_WORD.findall(match["inside"]))
    if "{{" in source[end:]:
        raise TemplateError("a pair of braces is not closed")
    yield source[end:]


def _body(pieces: Iterator[str | _Action], inside: str) -> tuple[Node, str]:
    """What comes before the `else` or `end` of a block, or before the template ends; and which of them it was."""
    nodes: list[Node] = []
    for piece in pieces:
        if isinstance(piece, str):
            nodes.append(_constant(piece))
        elif piece.words in (["else"], ["end"]) and inside:
            return _all(nodes), piece.words[0]
        else:
            nodes.append(_action(piece.words, pieces))
    if inside:
        raise TemplateError(f"`{inside}` has no `end`")
    return _all(nodes), ""


def _all(nodes: list[Node]) -> Node:
    return lambda data, functions: "".join(node(data, functions) for node in nodes)


def _constant(text: str) -> Node:
    return lambda _data, _functions: text


def _action(words: list[str], pieces: Iterator[str | _Action]) -> Node:
    match words:
        case ["range" | "if" as word, operand]:
            return _block(word, _operand(operand), pieces)
        case [function, operand] if function in FUNCTIONS:
            value = _operand(operand)
            return lambda data, functions: functions[function](value(data))
        case [operand]:
            value = _operand(operand)
            return lambda data, _: _written(value(data))
    raise TemplateError(f"`{' '.join(words)}` is not supported: there are {_KNOWN}")


def _block(word: str, value: Callable[[Any], Any], pieces: Iterator[str | _Action]) -> Node:
    body, closing = _body(pieces, word)
    otherwise = _constant("")
    if closing == "else":
        otherwise, closing = _body(pieces, word)
        if closing == "else":
            raise TemplateError(f"`{word}` has two `else`")
    if word == "if":
        return lambda data, functions: (body if value(data) else otherwise)(data, functions)
    return lambda data, functions: (
        "".join(body(item, functions) for item in value(data)) or ("" if value(data) else otherwise(data, functions))
    )


def _operand(word: str) -> Callable[[Any], Any]:
    """What a word stands for: the data, a field of theirs, or a text."""
    if word.startswith(('"', "`")):
        text = _text(word)
        return lambda _: text
    if not word.startswith("."):
        raise TemplateError(f"`{word}` is not supported: there are {_KNOWN}")
    names = [name for name in word.split(".") if name]
    return lambda data: _field(data, names)


def _text(word: str) -> str:
    try:
        return word[1:-1] if word[0] == "`" else str(json.loads(word))
    except ValueError as error:
        raise TemplateError(f"{word} is no text") from error


def _field(data: Any, names: list[str]) -> Any:
    for name in names:
        if not isinstance(data, Mapping) or name not in data:
            raise TemplateError(f"there is no field `.{name}` here")
        data = data[name]
    return data


def _written(value: Any) -> str:
    """A value as Go prints it: an object as its values in braces."""
    if isinstance(value, Mapping):
        return "{" + " ".join(map(_written, value.values())) + "}"
    return "[" + " ".join(map(_written, value)) + "]" if isinstance(value, list) else str(value)
