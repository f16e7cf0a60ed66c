"""Numbers for `printf`: whole ones in any base, fractional ones in any form. An empty text: the verb does not fit."""
from __future__ import annotations

import math
from typing import Protocol

from krakpy_templates.floats import shortest
from krakpy_templates.quoting import quoted

_BASES = {"d": "d", "v": "d", "b": "b", "o": "o", "O": "o", "x": "x", "X": "X"}
_PREFIXES = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}


class Form(Protocol):
    """How a number is to be written."""

    @property
    def verb(self) -> str:
        """The letter."""

    @property
    def flags(self) -> str:
        """`+`, `-`, `#`, ` ` and `0`, as written."""

    @property
    def precision(self) -> int | None:
        """How many digits."""

    def padded(self, text: str, *, zeros: bool = False) -> str:
        """The text as wide as it has to be."""


def whole(value: int, form: Form) -> str:
    """A whole number."""
    if form.verb in _BASES:
        return _in_base(value, form)
    if form.verb == "c":
        return form.padded(_character(value), zeros=True)
    if form.verb == "q":
        return form.padded(quoted(_character(value), "'", only_ascii="+" in form.flags))
    if form.verb == "U":
        shown = f" '{_character(value)}'" if "#" in form.flags and _character(value).isprintable() else ""
        return form.padded(f"U+{max(value, 0):0{max(form.precision or 4, 4)}X}{shown}")
    return ""


def _in_base(value: int, form: Form) -> str:
    digits = format(abs(value), _BASES[form.verb])
    if form.precision == 0 and not value:
        return form.padded("")
    digits = digits.zfill(form.precision or 0)
    if form.verb == "O" and "#" in form.flags:
        digits = f"0{digits}"
    prefix = "0o" if form.verb == "O" else _PREFIXES.get(form.verb, "") if "#" in form.flags else ""
    if form.verb == "o" and digits.startswith("0"):
        prefix = ""
    # NOTE: a precision takes the zero flag away
    zeros = form.precision is None
    if zeros and prefix and "0" in form.flags and form.verb != "v":
        return _sign(value < 0, form) + _filled(digits, prefix, value, form)
    return form.padded(_sign(value < 0, form) + prefix + digits, zeros=zeros)


def _filled(digits: str, prefix: str, value: int, form: Form) -> str:
    width = getattr(form, "width", None) or 0
    sign = len(_sign(value < 0, form))
    return prefix + digits.zfill(width - sign) if "-" not in form.flags else prefix + digits


def _character(value: int) -> str:
    return chr(value) if 0 <= value <= 0x10FFFF and not 0xD800 <= value < 0xE000 else "�"


def _sign(is_negative: bool, form: Form) -> str:
    return "-" if is_negative else "+" if "+" in form.flags else " " if " " in form.flags else ""


def fractional(value: float, form: Form) -> str:
    """A fractional number."""
    if form.verb not in "vgGeEfF":
        return ""
    sign = _sign(math.copysign(1, value) < 0, form)
    if not math.isfinite(value):
        return form.padded("NaN" if math.isnan(value) else (sign or "+") + "Inf")
    text = _digits(abs(value), form)
    return form.padded(sign + (text.upper() if form.verb in "GE" else text), zeros=True)


def _digits(value: float, form: Form) -> str:
    precision, verb = form.precision, form.verb.lower()
    if verb == "f":
        return f"{value:.{6 if precision is None else precision}f}"
    if verb == "e":
        return f"{value:.{6 if precision is None else precision}e}"
    if precision is None:
        return shortest(value)
    return f"{value:.{precision or 1}g}"
