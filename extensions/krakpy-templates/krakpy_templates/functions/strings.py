"""Sprig's functions of texts. Go counts and cuts bytes; so do these."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.executing import LARGEST
from krakpy_templates.formatting import shown
from krakpy_templates.functions.conversion import text
from krakpy_templates.quoting import quoted
from krakpy_templates.signatures import Function
from krakpy_templates.values import StringMap, Strings, decoded, encoded

SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
    "\u202f\u205f\u3000"
)
"""What Unicode counts as space."""


def _trunc(count: int, value: str) -> str:
    content = encoded(value)
    if count < 0:
        return decoded(content[count:]) if len(content) + count > 0 else value
    return decoded(content[:count])


def _substr(start: int, end: int, value: str) -> str:
    content = encoded(value)
    if start < 0:
        start, end = 0, end
    elif not 0 <= end <= len(content):
        end = len(content)
    if not 0 <= start <= end <= len(content):
        raise CallError(f"runtime error: slice bounds out of range [{start}:{end}]")
    return decoded(content[start:end])


def _abbrev(width: int, value: str) -> str:
    return value if width < 4 else decoded(_abbreviated(encoded(value), 0, width))


def _abbrevboth(left: int, right: int, value: str) -> str:
    if right < 4 or (left > 0 and right < 7):
        return value
    return decoded(_abbreviated(encoded(value), left, right))


def _abbreviated(content: bytes, offset: int, width: int) -> bytes:
    """So many bytes of a text, with dots for what is left out."""
    length = len(content)
    if length <= width:
        return content
    offset = min(offset, length)
    if length - offset < width - 3:
        offset = length - (width - 3)
    if offset <= 4:
        return content[: width - 3] + b"..."
    if width < 7:
        return b""
    if offset + width - 3 < length:
        return b"..." + _abbreviated(content[offset:], 0, width - 3)
    return b"..." + content[length - (width - 3) :]


def _repeat(count: int, value: str) -> str:
    if count < 0:
        raise CallError("strings: negative Repeat count")
    if count * len(value) > LARGEST:
        raise CallError(f"the text would be longer than {LARGEST} characters")
    return value * count


def _title(value: str) -> str:
    return _words_changed(value, str.title, separators=True)


def _untitle(value: str) -> str:
    return _words_changed(value, str.lower, separators=False)


def _words_changed(value: str, change: Any, *, separators: bool) -> str:
    """The text with the first character of each word changed."""
    result: list[str] = []
    is_first = True
    for character in value:
        is_gap = _is_separator(character) if separators else character in SPACE
        result.append(change(character) if is_first and not is_gap else character)
        is_first = is_gap
    return "".join(result)


def _is_separator(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character == "_")
    return not character.isalnum() and character in SPACE


def _swapcase(value: str) -> str:
    result: list[str] = []
    is_first = True
    for character in value:
        if character.isupper() or character.istitle():
            result.append(character.lower())
            is_first = False
        elif character.islower():
            result.append(character.title() if is_first else character.upper())
            is_first = False
        else:
            result.append(character)
            is_first = character in SPACE
    return "".join(result)


def _nospace(value: str) -> str:
    # NOTE: Sprig takes each byte for a character here, once there is a space in the text
    characters = encoded(value).decode("latin-1")
    kept = "".join(character for character in characters if character not in SPACE)
    return value if len(kept) == len(characters) else kept


def _initials(value: str) -> str:
    characters = encoded(value).decode("latin-1")
    pairs = zip(characters, " " + characters, strict=False)
    return "".join(character for character, last in pairs if character not in SPACE and last in SPACE)


def _indent(count: int, value: str) -> str:
    pad = _repeat(count, " ")
    return pad + value.replace("\n", "\n" + pad)


def _quote(*values: Any) -> str:
    return " ".join(quoted(text(value)) for value in values if value is not None)


def _squote(*values: Any) -> str:
    return " ".join(f"'{shown(value)}'" for value in values if value is not None)


def _cat(*values: Any) -> str:
    return " ".join(shown(value) for value in values if value is not None)


def _plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _pieces(separator: str, value: str, most: int = -1) -> list[str]:
    if not most:
        return []
    if separator:
        return value.split(separator, most - 1 if most > 0 else -1)
    if most < 0 or most >= len(value):
        return list(value)
    return [*value[: most - 1], value[most - 1 :]]


def _split(separator: str, value: str) -> StringMap:
    return StringMap({f"_{index}": piece for index, piece in enumerate(_pieces(separator, value))})


def _splitn(separator: str, most: int, value: str) -> StringMap:
    return StringMap({f"_{index}": piece for index, piece in enumerate(_pieces(separator, value, most))})


def _trim(characters: str, value: str) -> str:
    return value.strip(characters) if characters else value


FUNCTIONS: Mapping[str, Function] = {
    "abbrev": Function("int string", _abbrev),
    "abbrevboth": Function("int int string", _abbrevboth),
    "trunc": Function("int string", _trunc),
    "trim": Function("string", lambda value: value.strip(SPACE)),
    "upper": Function("string", lambda value: "".join(map(_upper, value))),
    "lower": Function("string", lambda value: "".join(character.lower()[0] for character in value)),
    "title": Function("string", _title),
    "untitle": Function("string", _untitle),
    "substr": Function("int int string", _substr),
    "repeat": Function("int string", _repeat),
    "trimAll": Function("string string", _trim),
    "trimall": Function("string string", _trim),
    "trimSuffix": Function("string string", lambda end, value: value.removesuffix(end)),
    "trimPrefix": Function("string string", lambda start, value: value.removeprefix(start)),
    "nospace": Function("string", _nospace),
    "initials": Function("string", _initials),
    "swapcase": Function("string", _swapcase),
    "contains": Function("string string", lambda part, value: part in value),
    "hasPrefix": Function("string string", lambda start, value: value.startswith(start)),
    "hasSuffix": Function("string string", lambda end, value: value.endswith(end)),
    "quote": Function("any...", _quote),
    "squote": Function("any...", _squote),
    "cat": Function("any...", _cat),
    "indent": Function("int string", _indent),
    "nindent": Function("int string", lambda count, value: "\n" + _indent(count, value)),
    "replace": Function("string string string", lambda old, new, value: value.replace(old, new)),
    "plural": Function("string string int", _plural),
    "split": Function("string string", _split),
    "splitn": Function("string int string", _splitn),
    "splitList": Function("string string", lambda separator, value: Strings(_pieces(separator, value))),
}
"""By name."""


def _upper(character: str) -> str:
    """One character for one: Go has no `SS` for `ß`."""
    changed = character.upper()
    return changed if len(changed) == 1 else character
