"""Texts and numbers as Go's template language writes them."""
from __future__ import annotations

import re

from krakpy_templates.nodes import Number

_ESCAPE = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\\'\"])|x(?P<byte>[0-9a-fA-F]{2})|(?P<octal>[0-7]{3})"
    r"|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|(?P<bad>.?))",
    re.DOTALL,
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_LARGEST = 2**63


def unquote(text: str) -> str:
    """What a text in quotes stands for. Raises ValueError for an escape that there is none of.

    Bytes that are no UTF-8 become lone surrogates, as Python's `surrogateescape` has them.
    """
    quote, inner = text[0], text[1:-1]
    if quote == "`":
        return inner.replace("\r", "")
    parts = bytearray()
    end = 0
    for match in _ESCAPE.finditer(inner):
        parts += inner[end : match.start()].encode("utf-8", "surrogateescape") + _escaped(match, quote)
        end = match.end()
    parts += inner[end:].encode("utf-8", "surrogateescape")
    return parts.decode("utf-8", "surrogateescape")


def _escaped(match: re.Match[str], quote: str) -> bytes:
    kind = str(match.lastgroup)
    text = match[kind]
    if kind == "byte":
        return bytes([int(text, 16)])
    if kind == "octal" and int(text, 8) < 256:
        return bytes([int(text, 8)])
    if kind in ("short", "long") and (code := int(text, 16)) <= 0x10FFFF and not 0xD800 <= code < 0xE000:
        return chr(code).encode()
    if kind == "simple" and not (text in "'\"" and text != quote):
        return _SIMPLE.get(text, text).encode()
    raise ValueError("invalid syntax")


def character(text: str, position: int) -> Number:
    """A character in single quotes: the number of it."""
    value = unquote(text)
    if len(value) != 1:
        raise ValueError(f"malformed character constant: {text}")
    code = ord(value)
    return Number(position=position, text=text, value=code, whole=code, fraction=float(code))


def number(text: str, position: int) -> Number:
    """A number in any of Go's spellings. Raises ValueError."""
    plain = _without_underscores(text)
    if plain.endswith("i"):
        return Number(position=position, text=text, value=complex(0, float(plain[:-1])), whole=None, fraction=None)
    whole = _whole(plain)
    if whole is not None:
        if not -_LARGEST <= whole < 2 * _LARGEST:
            raise ValueError(f"integer overflow: {text!r}")
        fits = whole if whole < _LARGEST else None
        return Number(position=position, text=text, value=fits, whole=fits, fraction=float(whole))
    fraction = _fraction(plain)
    if not re.search(r"[.eEpP]", plain):
        raise ValueError(f"integer overflow: {text!r}")
    if fraction in (float("inf"), float("-inf")):
        raise ValueError(f"number out of range: {text!r}")
    same = int(fraction) if fraction.is_integer() and abs(fraction) < _LARGEST else None
    return Number(position=position, text=text, value=fraction, whole=same, fraction=fraction)


def _without_underscores(text: str) -> str:
    """Underscores stand between digits, and after the prefix of a base."""
    if "_" in text and re.search(r"__|_$|(?<![0-9a-fA-FxXoObB])_|_(?![0-9a-fA-F])", text):
        raise ValueError(f"bad number syntax: {text!r}")
    return text.replace("_", "")


def _whole(text: str) -> int | None:
    digits = text.lstrip("+-")
    try:
        value = int(digits, 8) if re.fullmatch(r"0[0-7]+", digits) else int(digits, 0)
    except ValueError:
        return None
    return -value if text.startswith("-") else value


def _fraction(text: str) -> float:
    try:
        # NOTE: a hexadecimal fraction is not one without its exponent
        is_hexadecimal = "x" in text.lower() and "p" in text.lower()
        return float.fromhex(text) if is_hexadecimal else float(text)
    except ValueError:
        raise ValueError(f"bad number syntax: {text!r}") from None
