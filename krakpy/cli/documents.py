"""What `--json` prints: one object on standard output, whose member `schema` names what else is in it.

    emit("krakpy.check/1", ok=True, problems=[])

A schema's number changes when a member is removed or means something else; members may be added. Problems are always
`{"code", "place", "message", "remedy", "severity"}`. Each command's docstring lists the members of its object.
"""
from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    # PERF: who asks for a version need not wait 0.02 s for msgspec
    from krakpy.errors import Problem


def emit(schema: str, **members: object) -> None:
    """Print the object; everything beyond ASCII is escaped, so that no terminal is steered by it."""
    click.echo(json.dumps({"schema": schema, **members}, indent=2, default=str))


def listed(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """The problems as JSON has them."""
    return [problem.as_dict() for problem in problems]
