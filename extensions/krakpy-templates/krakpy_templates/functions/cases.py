"""Texts in other spellings: `snakecase`, `kebabcase`, `camelcase`, and lines of a width."""
from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping

from krakpy_templates.functions.strings import SPACE
from krakpy_templates.signatures import Function
from krakpy_templates.values import decoded, encoded

Words = deque[tuple[str, str]]
_GLUE = ("connector", "punctuation", "")
_NAMES = {"c": "connector", "p": "punctuation", "U": "upper", "a": "alphabet", "n": "number", "o": "other"}


def _kind(character: str) -> str:
    """What a character is, as a letter of _NAMES."""
    if _is_connector(character):
        return "c"
    if unicodedata.category(character).startswith("P"):
        return "p"
    if character.isupper():
        return "U"
    if character.islower():
        return "a"
    return "n" if character.isnumeric() else "o"


def _words(value: str) -> Iterator[tuple[str, str]]:
    """The words of a text with the kind of each; `HTTPStatus` are two."""
    kinds = "".join(_kind(character) for character in value)
    for match in re.finditer(r"c+|p+|U+(?=Ua)|Ua+|U+|a+|n+|o+", kinds):
        yield _NAMES[match[0][0]], value[match.start() : match.end()]


def _joined(value: str, connector: str) -> str:
    """Words in small letters with a connector between them."""
    words = deque(_words(value))
    parts: list[str] = []
    while words:
        kind, word = words.popleft()
        parts.append(_lowered(kind, word, connector))
        if kind == "number":
            parts += _digits_and_letters(words, connector)
        elif kind not in _GLUE and _first(words) == "number" and len(words) > 1:
            parts += _number_after_word(words, connector)
        elif kind not in _GLUE and _first(words) not in (*_GLUE, "number"):
            parts.append(connector)
    return "".join(parts)


def _number_after_word(words: Words, connector: str) -> Iterator[str]:
    """A number belongs to the word before it, as in `Bld4Floor`, unless small letters follow, as in `HTTP2xx`."""
    _, number = words.popleft()
    if _first(words) == "alphabet":
        yield connector + number
        yield from _digits_and_letters(words, connector)
    else:
        yield number
        if _first(words) not in ("connector", "punctuation"):
            yield connector


def _digits_and_letters(words: Words, connector: str) -> Iterator[str]:
    """Numbers and small letters, which stay together, and a connector if another word follows."""
    while _first(words) in ("alphabet", "number"):
        yield words.popleft()[1]
    if _first(words) not in _GLUE:
        yield connector


def _first(words: Words) -> str:
    """The kind of the next word; empty at the end."""
    return words[0][0] if words else ""


def _lowered(kind: str, word: str, connector: str) -> str:
    if kind == "connector":
        return connector * len(word)
    return word.lower() if kind == "upper" else word


def _camelcase(value: str) -> str:
    """Words with a large letter first, and nothing between them; connectors at the beginning stay."""
    body = value.lstrip("-_" + SPACE)
    if not body:
        return value + value[-1:]  # NOTE: so does the original
    head = value[: len(value) - len(body)]
    return head + "".join(_humps(body))


def _humps(body: str) -> Iterator[str]:
    pending, is_upper_word = body[0].upper(), body[0].isupper()
    for character in body[1:]:
        if _is_connector(character) and _is_connector(pending):
            yield pending
        elif _is_connector(pending):
            is_upper_word = character.isupper()
            character = character.upper()
        else:
            is_upper_word, lowered = is_upper_word and character.isupper(), character.lower()
            yield pending
            character = lowered if is_upper_word else character
        pending = character
    yield pending


def _is_connector(character: str) -> bool:
    return character in "-_" or character in SPACE


def _wrap(width: int, value: str, separator: str = "\n", *, cuts: bool = False) -> str:
    """Lines of at most so many bytes, broken at spaces; a longer word is cut or stands alone."""
    content, width = encoded(value), max(width, 1)
    end_of_line = encoded(separator or "\n")
    result, offset = b"", 0
    while len(content) - offset > width:
        if content[offset : offset + 1] == b" ":
            offset += 1
            continue
        space = content.rfind(b" ", offset, offset + width + 1)
        if space < 0 and cuts:
            result += content[offset : offset + width] + end_of_line
            offset += width
            continue
        space = content.find(b" ", offset + width) if space < 0 else space
        if space < 0:
            break
        result += content[offset:space] + end_of_line
        offset = space + 1
    return decoded(result + content[offset:])


FUNCTIONS: Mapping[str, Function] = {
    "snakecase": Function("string", lambda value: _joined(value, "_")),
    "kebabcase": Function("string", lambda value: _joined(value, "-")),
    "camelcase": Function("string", _camelcase),
    "wrap": Function("int string", _wrap),
    "wrapWith": Function("int string string", lambda width, end, value: _wrap(width, value, end, cuts=True)),
}
"""By name."""
