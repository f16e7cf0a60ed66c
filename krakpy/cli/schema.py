"""`krakpy schema`: the JSON Schema of this version, for editors and pipelines."""
from __future__ import annotations

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of the configuration, as this version understands it.

    An editor that is shown the schema completes keys and underlines what `krakpy check -l` refuses:
    `krakpy schema > krakend.schema.json`, and `"$schema": "./krakend.schema.json"` in the configuration.
    """
    # PERF: the models take a while to import, which `krakpy --help` need not wait for
    from krakpy.config.schema import text

    click.echo(text(), nl=False)
