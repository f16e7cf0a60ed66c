"""`printf`: Go's verbs, flags, widths and precisions.

    sprintf("%5.2f|%-6s|%q", 1.5, "ab", "c")      # ` 1.50|ab    |"c"`
"""
from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from krakpy_templates import numerals
from krakpy_templates.formatting import shown
from krakpy_templates.quoting import can_backquote, quoted
from krakpy_templates.values import ABSENT, encoded, is_whole, type_name

_VERB = re.compile(
    r"%(?P<flags>[#0+\- ]*)(?:(?:\[(?P<width_at>\d+)\])?(?P<star>\*)|(?P<width>\d+))?"
    r"(?P<dot>\.(?:(?:\[(?P<precision_at>\d+)\])?(?P<precision_star>\*)|(?P<precision>\d+))?)?"
    r"(?:\[(?P<at>\d+)\])?(?P<verb>.)?",
    re.DOTALL,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spec:
    """How one value is to be written."""

    verb: str
    flags: str = ""
    width: int | None = None
    precision: int | None = None

    @property
    def is_left(self) -> bool:
        """Whether it is filled up on the right."""
        return "-" in self.flags

    def padded(self, text: str, *, zeros: bool = False) -> str:
        """The text, as wide as it has to be; zeros go behind a sign."""
        missing = (self.width or 0) - len(text)
        if missing <= 0:
            return text
        if self.is_left:
            return text + " " * missing
        if not zeros or "0" not in self.flags:
            return " " * missing + text
        sign = text[:1] if text[:1] in ("+", "-", " ") else ""
        return sign + "0" * missing + text[len(sign) :]


class _Arguments:
    """The values of one call, taken one after the other or by number."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.values = values
        self.index = 0
        self.is_reordered = False

    def at(self, number: str | None) -> None:
        if number is not None:
            self.index = int(number) - 1
            self.is_reordered = True

    @property
    def is_used_up(self) -> bool:
        return not 0 <= self.index < len(self.values)

    def take(self) -> Any:
        self.index += 1
        return self.values[self.index - 1]


def sprintf(template: str, *values: Any) -> str:
    """The text with the values in the places of its verbs; what does not fit is told in the text, as Go does."""
    arguments = _Arguments(values)
    written = _VERB.sub(lambda match: _verb(match, arguments), template)
    if arguments.is_reordered or arguments.index >= len(values):
        return written
    rest = ", ".join(_with_type(value) for value in values[arguments.index :])
    return f"{written}%!(EXTRA {rest})"


def _verb(match: re.Match[str], arguments: _Arguments) -> str:
    verb = match["verb"]
    if verb is None:
        return "%!(NOVERB)"
    spec, told = _spec(match, arguments)
    if verb == "%":
        return f"{told}%"
    arguments.at(match["at"])
    if match["at"] is not None and arguments.is_used_up:
        return f"{told}%!{verb}(BADINDEX)"
    if arguments.is_used_up:
        return f"{told}%!{verb}(MISSING)"
    return told + formatted(arguments.take(), spec)


def _spec(match: re.Match[str], arguments: _Arguments) -> tuple[Spec, str]:
    """How the value is to be written, and what is wrong with what tells it."""
    told = ""
    flags, width, precision = match["flags"], match["width"], match["precision"]
    wide = int(width) if width else None
    if match["star"]:
        arguments.at(match["width_at"])
        wide = _taken(arguments)
        told = "%!(BADWIDTH)" if wide is None else ""
        if wide is not None and wide < 0:
            flags, wide = flags + "-", -wide
    exact = int(precision or 0) if match["dot"] else None
    if match["precision_star"]:
        arguments.at(match["precision_at"])
        exact = _taken(arguments)
        told += "%!(BADPREC)" if exact is None or exact < 0 else ""
        exact = exact if exact is not None and exact >= 0 else None
    if match["verb"] == "v":
        flags = flags.replace("+", "")
    return Spec(verb=match["verb"], flags=flags, width=wide, precision=exact), told


def _taken(arguments: _Arguments) -> int | None:
    """A width or a precision; None for a value that is none."""
    value: Any = None if arguments.is_used_up else arguments.take()
    return int(value) if is_whole(value) and abs(value) <= 1_000_000 else None


def formatted(value: Any, spec: Spec) -> str:
    """One value."""
    if spec.verb == "T":
        return spec.padded(type_name(value))
    if value is None or value is ABSENT:
        return spec.padded("<nil>") if spec.verb == "v" else f"%!{spec.verb}(<nil>)"
    if spec.verb == "v" and "#" in spec.flags:
        return spec.padded(_in_go(value))
    return _by_kind(value, spec)


def _by_kind(value: Any, spec: Spec) -> str:
    if value is None:
        return spec.padded("<nil>")
    if isinstance(value, bool):
        return spec.padded(shown(value)) if spec.verb in "tv" else _bad(value, spec)
    if isinstance(value, int):
        return numerals.whole(value, spec) or _bad(value, spec)
    if isinstance(value, float):
        return numerals.fractional(value, spec) or _bad(value, spec)
    if isinstance(value, str):
        return _text(value, spec)
    if isinstance(value, list) and spec.verb != "p":
        return f"[{' '.join(_by_kind(item, spec) for item in value)}]"
    if isinstance(value, dict) and spec.verb != "p":
        pairs = (f"{_by_kind(key, spec)}:{_by_kind(value[key], spec)}" for key in sorted(value))
        return f"map[{' '.join(pairs)}]"
    return _text(str(value), spec) if spec.verb in "vsq" else _bad(value, spec)


def _text(value: str, spec: Spec) -> str:
    if spec.verb in "vs":
        return spec.padded(value if spec.precision is None else value[: spec.precision], zeros=True)
    if spec.verb == "q":
        cut = value if spec.precision is None else value[: spec.precision]
        if "#" in spec.flags and can_backquote(cut):
            return spec.padded(f"`{cut}`")
        return spec.padded(quoted(cut, only_ascii="+" in spec.flags), zeros=True)
    if spec.verb in "xX":
        return spec.padded(_hexadecimal(value, spec), zeros=True)
    return _bad(value, spec)


def _hexadecimal(value: str, spec: Spec) -> str:
    content = encoded(value)
    content = content if spec.precision is None else content[: spec.precision]
    pairs = [f"{byte:02x}" for byte in content]
    prefix = "0x" if "#" in spec.flags and pairs else ""
    joined = f" {prefix}".join(pairs) if " " in spec.flags else "".join(pairs)
    text = prefix + joined
    return text.upper() if spec.verb == "X" else text


def _bad(value: Any, spec: Spec) -> str:
    return f"%!{spec.verb}({type_name(value)}={formatted(value, replace(spec, verb='v'))})"


def _with_type(value: Any) -> str:
    return "<nil>" if value is None or value is ABSENT else f"{type_name(value)}={shown(value)}"


def _in_go(value: Any) -> str:
    """A value as Go's source has it."""
    if value is None or value is ABSENT:
        return "interface {}(nil)"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"{type_name(value)}{{{', '.join(map(_in_go, value))}}}"
    if isinstance(value, dict):
        return f"{type_name(value)}{{{', '.join(f'{quoted(key)}:{_in_go(value[key])}' for key in sorted(value))}}}"
    return shown(value)
