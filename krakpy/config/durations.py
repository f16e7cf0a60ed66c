"""Durations as Go writes them: `"1m30s"`, `"250ms"`, `"1h2m3.5s"`.

    parse("1m30s")      # 90.0
    write(90.0)         # "1m30s"
"""
from __future__ import annotations

import re

NANOSECONDS = 1_000_000_000
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": NANOSECONDS,
    "m": 60 * NANOSECONDS,
    "h": 3600 * NANOSECONDS,
}
_LARGEST = 2**63 - 1
_PART = re.compile(r"(?P<whole>[0-9]*)(?:\.(?P<fraction>[0-9]*))?(?P<unit>[^0-9.]*)")


def parse(text: str) -> float:
    """The seconds that a duration stands for; ValueError says what is wrong with it (Go: time.ParseDuration)."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if digits == "0":
        return 0.0
    if not digits:
        raise ValueError(f"{text!r} is no duration: write a number and a unit, like \"3s\"")
    total = sum(_parts(digits, text))
    if total > _LARGEST:
        raise ValueError(f"{text!r} is too long: the longest duration is 292 years")
    return (-total if text[0] == "-" else total) / NANOSECONDS


def _parts(digits: str, text: str) -> list[int]:
    parts, end = [], 0
    while end < len(digits):
        match = _PART.match(digits, end)
        assert match is not None, "the pattern matches anything"
        parts.append(_nanoseconds(match, text))
        end = match.end()
    return parts


def _nanoseconds(match: re.Match[str], text: str) -> int:
    whole, fraction, unit = match["whole"], match["fraction"] or "", match["unit"]
    if not whole and not fraction:
        raise ValueError(f"{text!r} is no duration: a number is missing before {unit or '.'!r}")
    if not unit:
        raise ValueError(f"{text!r} has no unit: write \"{text}s\" for seconds")
    if unit not in _UNITS:
        raise ValueError(f"{text!r} has an unknown unit {unit!r}: there are ns, us, ms, s, m and h")
    size, scale = _UNITS[unit], int(10 ** len(fraction))
    return int(whole or 0) * size + int(fraction or 0) * size // scale


def nanoseconds(seconds: float) -> int:
    """The duration in whole nanoseconds, as Go counts."""
    return round(seconds * NANOSECONDS)


def share(seconds: float, percent: int) -> float:
    """A share of a duration, cut to whole nanoseconds as KrakenD cuts it."""
    return percent * nanoseconds(seconds) // 100 / NANOSECONDS


def write(seconds: float) -> str:
    """The shortest usual text of a duration: the inverse of `parse`."""
    left = nanoseconds(abs(seconds))
    sign = "-" if seconds < 0 and left else ""
    hours, left = divmod(left, _UNITS["h"])
    minutes, left = divmod(left, _UNITS["m"])
    text = (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "")
    if left or not text:
        text += _below_a_minute(left, alone=not text)
    return sign + text


def _below_a_minute(left: int, *, alone: bool) -> str:
    if alone and 0 < left < NANOSECONDS:
        unit = next(unit for unit in ("ms", "us", "ns") if left >= _UNITS[unit])
        return _decimal(left, _UNITS[unit]) + unit
    return _decimal(left, NANOSECONDS) + "s"


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    if not rest:
        return str(whole)
    width = len(str(unit)) - 1
    return f"{whole}." + f"{rest:0{width}d}".rstrip("0")
