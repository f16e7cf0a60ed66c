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
        "new": "krakpy.cli.ext.new:new",
        "test": "krakpy.cli.ext.test:test",
        "bench": "krakpy.cli.ext.bench:bench",
        "lock": "krakpy.cli.ext.lock:lock",
        "verify": "krakpy.cli.ext.verify:verify",
        "sbom": "krakpy.cli.ext.sbom:sbom",
        "release": "krakpy.cli.ext.release:release",
    },
)
def ext() -> None:
    """Look at the installed extensions, pin them, try them, and write new ones."""
