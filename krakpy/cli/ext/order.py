"""`krakpy ext order`: what wraps what, seat by seat, outermost first."""
from __future__ import annotations

from collections.abc import Iterator

import click
from rich.text import Text

from krakpy.cli.documents import emit, listed
from krakpy.cli.ext.seats import Seat, foreign, seats
from krakpy.cli.ext.source import settings_of
from krakpy.cli.ext.verdicts import probed
from krakpy.cli.options import config_option, json_option
from krakpy.cli.terminal import complain, line_of, say
from krakpy.extension.catalog import read_catalog
from krakpy.log_lines import printable


@click.command()
@config_option("Of third parties' middlewares, order only those that this configuration uses.")
@json_option("krakpy.ext.order/1")
def order(*, path: str | None, as_json: bool) -> None:
    """Show in which order middlewares stand around one another in each seat, outermost first, and why.

    Each middleware says what it stands `inside` and `outside` of; what is left open is decided by name. A part of the
    order is in a pipeline only where the configuration asks for it. Third parties' middlewares are asked in processes
    of their own. Exit status: 1 if one cannot be asked, or if the order is a circle.

    The object of --json: `file`, `seats` (each with `seat` and `order`: `name`, `id`, `inside`, `outside`) and
    `problems`.
    """
    catalog, settings = read_catalog(), settings_of(path)
    found, problems = seats(catalog, probed(foreign(catalog, settings), settings, catalog))
    if as_json:
        documents = [{"seat": seat.family, "order": [step.as_dict() for step in seat.steps]} for seat in found]
        emit("krakpy.ext.order/1", file=path, seats=documents, problems=listed(problems))
    else:
        say(*(line for seat in found for line in _lines(seat)))
        complain(*map(line_of, problems))
    raise click.exceptions.Exit(1 if problems else 0)


def _lines(seat: Seat) -> Iterator[Text]:
    yield Text.assemble((seat.family, "bold"), (f"  {seat.purpose}", "dim"))
    width = max((len(step.name) for step in seat.steps), default=0)
    for number, step in enumerate(seat.steps, 1):
        owner = "" if step.id == f"krakpy/{step.name}" else f"  {printable(step.id)}"
        yield Text.assemble(f"{number:>4} {printable(step.name):<{width}}", (owner, "cyan"), (f"  {step.why}", "dim"))
    if not seat.steps:
        yield Text("     nothing", "dim")
