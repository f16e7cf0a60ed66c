"""`krakpy ext release`: ends the quarantine of an extension in a running gateway."""
from __future__ import annotations

import os

import click

from krakpy.cli.masters import PATIENCE_S, NoAnswer, NotRunning, asked, found, master_options
from krakpy.cli.options import json_option


@click.command()
@click.argument("id")
@master_options
@json_option("krakpy.ext.release/1")
def release(*, id: str, config: str | None, pid: int | None, control: str | None, as_json: bool) -> None:
    """Have an extension called again that a running gateway has put into quarantine.

    ID is the extension (`acme-geo/geo`) or the name of one instance of it. It counts as mended then: all workers call
    it from that moment on. One that workers died of when they started comes back with the next `krakpy reload`.

    Exit status: 0 it is released, 1 nothing of that name is quarantined, 3 no such gateway is running.

    The object of --json: `instances` (the names of those that are released) and `need_reload` (those of them that come
    back with a reload).
    """
    try:
        path = found(control=control, config=config, pid=pid, environ=os.environ)
        answer = next(asked(path, "release", within_s=PATIENCE_S, what=id))
    except NoAnswer as error:
        click.echo(f"krakpy: {error}", err=True)
        raise click.exceptions.Exit(3 if isinstance(error, NotRunning) else 1) from None
    names, need_reload = answer["instances"], answer["need_reload"]
    if as_json:
        from krakpy.cli.documents import emit

        emit("krakpy.ext.release/1", instances=names, need_reload=need_reload)
        return
    for name in names:
        click.echo(f"{name} is called again{', after a `krakpy reload`' if name in need_reload else ''}")
