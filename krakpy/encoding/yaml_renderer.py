"""Writes documents as YAML (`yaml`), line for line as KrakenD does.

    YamlRenderer(None).render(request, Response(data={"tags": ["x", "y"], "id": 1})).body
    # b'id: "1"\ntags:\n- x\n- "y"\n'
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from krakpy_sdk import Renderer, Request, Response

from krakpy.encoding.characters import utf8
from krakpy.encoding.content import Content
from krakpy.encoding.number_text import number_text
from krakpy.encoding.numbers import Number
from krakpy.encoding.yaml_scalars import block, scalar

_YAML = Content("application/yaml; charset=utf-8")
_INDENT = "  "


class YamlRenderer:
    """Writes the document in block style: keys sorted, two spaces, arrays as far left as their key.

    Numbers of backends are texts and quoted where a reader would take them for numbers, as in KrakenD. Texts of several
    lines are literal blocks. Where KrakenD writes what no reader could read back (control characters, keys of several
    lines), the text is quoted.
    """

    def __init__(self, config: object) -> None:
        pass

    def render(self, request: Request, response: Response) -> Response:  # noqa: ARG002  YAML whatever is accepted
        """The response with its document as body."""
        return _YAML.of(response, write(response.data or {}))


def write(document: dict[str, Any]) -> bytes:
    """A document as YAML in bytes, by the rules of `YamlRenderer`."""
    return utf8("\n".join(_node(document)) + "\n")


def _node(value: Any) -> Iterable[str]:
    """The lines of a value; those after the first are indented as far as the value's own place needs it."""
    if isinstance(value, dict):
        return _object(value) if value else ("{}",)
    if isinstance(value, list | tuple):
        return _array(value) if value else ("[]",)
    if isinstance(value, str):
        return block(value) or (scalar(value),)
    return (_atom(value),)


def _object(members: dict[str, Any]) -> Iterator[str]:
    for key in sorted(members):
        value = members[key]
        lines = _node(value)
        head = f"{scalar(key)}:"
        if isinstance(value, dict | list | tuple) and value:
            yield head
            yield from _indented(lines) if isinstance(value, dict) else lines
        else:
            first, *rest = lines
            yield f"{head} {first}"
            yield from _continued(rest)


def _array(items: Iterable[Any]) -> Iterator[str]:
    for item in items:
        lines = iter(_node(item))
        yield f"- {next(lines)}"
        yield from _indented(lines)


def _continued(lines: list[str]) -> Iterator[str]:
    """The lines of a block under its key: KrakenD indents empty ones too, but for the last."""
    for index, line in enumerate(lines, 1):
        yield _INDENT + line if line or index < len(lines) else line


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (_INDENT + line if line else line for line in lines)


def _atom(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number | int):
        return scalar(number_text(value))
    return number_text(value)


_guard: type[Renderer] = YamlRenderer
