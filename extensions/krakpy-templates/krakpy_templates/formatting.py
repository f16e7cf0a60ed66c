"""How Go writes values out: `%v`, and the three functions that are built on it.

    shown({"b": [1, 2.5], "a": None})      # map[a:<nil> b:[1 2.5]]
"""
from __future__ import annotations

from typing import Any

from krakpy_templates.floats import shortest
from krakpy_templates.values import ABSENT


def shown(value: Any) -> str:
    """A value as `%v` has it."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return shortest(value)
        case complex():
            return f"({shortest(value.real)}{_signed(value.imag)}i)"
        case list():
            return f"[{' '.join(map(shown, value))}]"
        case dict():
            return f"map[{' '.join(f'{key}:{shown(value[key])}' for key in sorted(value))}]"
    return "<nil>" if value is None or value is ABSENT else str(value)


def _signed(value: float) -> str:
    text = shortest(value)
    return text if text[0] in "+-" else f"+{text}"


def printed(value: Any) -> str:
    """A value as a template writes it: the same, but for what is not there."""
    return "<no value>" if value is None or value is ABSENT else shown(value)


def sprint(*values: Any) -> str:
    """Values one behind the other, with a space between two of which neither is a text."""
    parts: list[str] = []
    for index, value in enumerate(values):
        if index and not isinstance(value, str) and not isinstance(values[index - 1], str):
            parts.append(" ")
        parts.append(shown(value))
    return "".join(parts)


def sprintln(*values: Any) -> str:
    """Values with spaces between them, and a line end."""
    return " ".join(map(shown, values)) + "\n"
