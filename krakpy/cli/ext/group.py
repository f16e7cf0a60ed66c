"""`krakpy ext`: no command of it imports an extension into its own process, so all work when every one is broken."""
from __future__ import annotations

import click

from krakpy.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "list": "krakpy.cli.ext.listing:list_",
        "show": "krakpy.cli.ext.show:show",
        "probe": "krakpy.cli.ext.probing:probe",
        "order": "krakpy.cli.ext.order:order",
        "doctor": "krakpy.cli.ext.doctor:doctor",
    },
)
def ext() -> None:
    """Look at the installed extensions: list, show, probe, order, doctor."""
