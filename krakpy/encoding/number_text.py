"""The text of a number in formats that have only text for it (XML, YAML).

    number_text(Number("4.20"))      # "4.20"
    number_text(5.0)                 # "5"
"""
from __future__ import annotations

from decimal import Decimal

from krakpy.encoding.numbers import Number

_EXPONENT_FROM = 1e21
_EXPONENT_BELOW = 1e-6


def number_text(number: float) -> str:
    """The text of a backend's number as it came, of any other as Go writes it in JSON: `5`, `0.1`, `1e+21`."""
    if isinstance(number, Number):
        return number.text
    if isinstance(number, int):
        return str(number)
    if not number or _EXPONENT_BELOW <= abs(number) < _EXPONENT_FROM:
        return format(Decimal(repr(number)), "f").removesuffix(".0")
    return _with_exponent(number)


def _with_exponent(number: float) -> str:
    digits, _, exponent = repr(number).partition("e")
    return f"{digits}e{int(exponent):+d}" if exponent else digits
