"""Shows what an audit recommends: a line each, as a template says, or as an object."""
from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TextIO

import click

from krakpy.cli.audit.rule import Recommendation
from krakpy.cli.audit.template import Template
from krakpy.cli.documents import emit
from krakpy.log_lines import printable
from krakpy.logs import wants_colour

#: as a terminal takes them; KrakenD has the same
COLOURS = {"LOW": "32;1", "MEDIUM": "33;1", "HIGH": "31;1", "CRITICAL": "41;1"}

SHOWN = 3
"""How many places of a recommendation a line names."""


def show(found: Sequence[Recommendation]) -> None:
    """A line for each on standard error: rule, severity and message, with tabs between them."""
    paint = painter(sys.stderr)
    for item in found:
        click.echo(_line(item, paint), err=True, color=True)


def show_json(path: str, found: Sequence[Recommendation]) -> None:
    """The object `krakpy.audit/1`."""
    emit("krakpy.audit/1", file=path, ok=not found, recommendations=[item._asdict() for item in found])


def show_as(template: Template, found: Iterable[Recommendation]) -> None:
    """What the template makes of it, on standard error; TemplateError if it asks for what is not there."""
    listed = [{"Rule": item.rule, "Severity": item.severity, "Message": item.message} for item in found]
    functions = {"marshal": marshal, "colored": painter(sys.stderr)}
    click.echo(template.render({"Recommendations": listed, "Stats": {}}, functions), nl=False, err=True, color=True)


def marshal(value: object) -> str:
    """The value as JSON, with the names in lower case, as KrakenD has them there."""
    return json.dumps(_lower(value), separators=(",", ":"))


def _lower(value: object) -> object:
    if isinstance(value, dict):
        return {key.lower(): _lower(item) for key, item in value.items()}
    return [_lower(item) for item in value] if isinstance(value, list) else value


def painter(stream: TextIO) -> Callable[[object], str]:
    """What gives a severity its colour where the stream is a terminal that wants it."""
    if wants_colour(stream):
        return coloured
    return str


def coloured(severity: object) -> str:
    """The severity in its colour."""
    code = COLOURS.get(str(severity))
    return f"\033[{code}m{severity}\033[0m" if code else str(severity)


def _line(item: Recommendation, paint: Callable[[object], str]) -> str:
    places = ", ".join(map(printable, item.places[:SHOWN]))
    more = f" and {len(item.places) - SHOWN} more" if len(item.places) > SHOWN else ""
    return f"{item.rule}\t[{paint(item.severity)}]\t{item.message} ({places}{more})"
