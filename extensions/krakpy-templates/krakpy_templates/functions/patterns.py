"""Sprig's regular expressions, in RE2's syntax."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.signatures import Function
from krakpy_templates.values import Strings

_REFERENCE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    # PERF: a template without patterns does without the library
    import re2

    options = re2.Options()
    options.log_errors = False
    # NOTE: Go's `\z`, named groups and flags are RE2's; a broken pattern is told as Go does
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        raise CallError(f"error parsing regexp: {reason}: `{pattern}`") from error


def _matches(pattern: str, value: str) -> bool:
    return _compiled(pattern).search(value) is not None


def _match(pattern: str, value: str) -> bool:
    try:
        return _matches(pattern, value)
    except CallError:
        return False


def _found(pattern: str, value: str) -> Iterator[Any]:
    """Matches that do not overlap; an empty one right behind another does not count."""
    position, last_end = 0, -1
    while position <= len(value):
        match = _compiled(pattern).search(value, position)
        if match is None:
            return
        start, end = match.span()
        if end > start or start != last_end:
            yield match
        last_end = end
        position = end if end > start else end + 1


def _find_all(pattern: str, value: str, most: int) -> Strings:
    found = Strings(match[0] for match in _found(pattern, value))
    return Strings(found[:most]) if most >= 0 else found


def _find(pattern: str, value: str) -> str:
    match = _compiled(pattern).search(value)
    return match[0] if match else ""


def _replaced(pattern: str, value: str, replacement: Callable[[Any], str]) -> str:
    parts: list[str] = []
    end = 0
    for match in _found(pattern, value):
        parts += [value[end : match.start()], replacement(match)]
        end = match.end()
    return "".join([*parts, value[end:]])


def _replace_all(pattern: str, value: str, template: str) -> str:
    return _replaced(pattern, value, lambda match: expanded(template, match))


def _replace_literal(pattern: str, value: str, replacement: str) -> str:
    return _replaced(pattern, value, lambda _: replacement)


def expanded(template: str, match: Any) -> str:
    """The template with `$1`, `${name}` and `$$` replaced."""
    return str(_REFERENCE.sub(lambda reference: _group(reference, match), template))



def _group(reference: Any, match: Any) -> str:
    if reference[0] == "$$":
        return "$"
    name = reference[1] or reference[2]
    try:
        return match[int(name) if name.isdigit() else name] or ""
    except (IndexError, KeyError):
        return ""


def _split(pattern: str, value: str, most: int) -> Strings:
    if not most:
        return Strings()
    if pattern and not value:
        return Strings([""])
    parts, start, end = Strings(), 0, 0
    for match in _found(pattern, value):
        if 0 < most <= len(parts) + 1:
            break
        end = match.start()
        if match.end():
            parts.append(value[start:end])
        start = match.end()
    if end != len(value):
        parts.append(value[start:])
    return parts


def _quote_meta(value: str) -> str:
    return "".join(f"\\{character}" if character in r"\.+*?()|[]{}^$" else character for character in value)


FUNCTIONS: Mapping[str, Function] = {
    "regexMatch": Function("string string", _match),
    "mustRegexMatch": Function("string string", _matches),
    "regexFindAll": Function("string string int", _find_all),
    "mustRegexFindAll": Function("string string int", _find_all),
    "regexFind": Function("string string", _find),
    "mustRegexFind": Function("string string", _find),
    "regexReplaceAll": Function("string string string", _replace_all),
    "mustRegexReplaceAll": Function("string string string", _replace_all),
    "regexReplaceAllLiteral": Function("string string string", _replace_literal),
    "mustRegexReplaceAllLiteral": Function("string string string", _replace_literal),
    "regexSplit": Function("string string int", _split),
    "mustRegexSplit": Function("string string int", _split),
    "regexQuoteMeta": Function("string", _quote_meta),
}
"""By name."""
