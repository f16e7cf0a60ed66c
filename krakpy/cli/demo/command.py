"""`krakpy demo`: its words; what it does is in `show`."""
from __future__ import annotations

import click


@click.command()
@click.option("--once", is_flag=True, help="End after the tour; status 0 if everything was as promised, else 1.")
@click.option("-p", "--port", type=click.IntRange(1, 65535), help="Where the gateway listens; without it a free port.")
def demo(*, once: bool, port: int | None) -> None:
    """See the gateway at work in a minute: two backends merged, an extension, and a broken one that harms nobody.

    Starts an upstream of its own and `krakpy run` with two extensions, all in a temporary folder and on the loopback
    interface; sends three requests and shows what became of them; then serves until Ctrl-C.
    """
    # PERF: asyncio, http.client and rich take 0.1 s to import, which `krakpy --help` need not wait for
    from krakpy.cli.demo.show import show

    raise click.exceptions.Exit(show(once=once, port=port))
