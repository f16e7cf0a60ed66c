"""Floating-point numbers as Go writes them: 8080, 1e+06, 2.5e-07."""
from __future__ import annotations

import math


def shortest(value: float, *, largest: int = 6, smallest: int = -4) -> str:
    """The shortest digits that give the number back.

    With an exponent from ten to the power of `largest` on, and below ten to the power of `smallest`.
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    sign = "-" if math.copysign(1, value) < 0 else ""
    digits, exponent = _decimal(abs(value))
    if exponent < smallest or exponent >= largest:
        return sign + scientific(digits, exponent)
    return sign + _plain(digits, exponent)


def scientific(digits: str, exponent: int) -> str:
    """`d.ddde+xx` with at least two digits in the exponent."""
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _decimal(value: float) -> tuple[str, int]:
    """The significant digits, and the power of ten of the first of them."""
    if not value:
        return "0", 0
    mantissa, _, exponent = f"{value!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    skipped = len(whole + fraction) - len(digits)
    power = int(exponent or 0) + len(whole) - 1 - skipped
    return digits.rstrip("0") or "0", power


def _plain(digits: str, exponent: int) -> str:
    if exponent < 0:
        return f"0.{'0' * (-exponent - 1)}{digits}"
    padded = digits.ljust(exponent + 1, "0")
    fraction = padded[exponent + 1 :]
    return f"{padded[: exponent + 1]}.{fraction}" if fraction else padded
