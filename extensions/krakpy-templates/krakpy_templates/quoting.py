"""Texts in quotes, as `%q` and `quote` write them."""
from __future__ import annotations

from krakpy_templates.values import encoded

_SHORT = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v", "\\": r"\\"}


def quoted(text: str, quote: str = '"', *, only_ascii: bool = False) -> str:
    """The text between quotes, with what cannot be printed as an escape."""
    return quote + "".join(_escaped(character, quote, only_ascii) for character in text) + quote


def _escaped(character: str, quote: str, only_ascii: bool) -> str:
    if character == quote:
        return f"\\{quote}"
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{encoded(character)[0]:02x}"
    if code == 0xA0 or code == 0xAD:
        return f"\\u{code:04x}"
    if character.isprintable() and (code < 128 or not only_ascii):
        return character
    if code < 32 or code == 127:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def can_backquote(text: str) -> bool:
    """Whether the text can stand between back quotes as it is."""
    return all(character == "\t" or (character not in "`\x7f\ufeff" and ord(character) >= 32) for character in text)
