"""`krakpy ext show ID`: everything that is known about one extension."""
from __future__ import annotations

import os

import click

from krakpy.cli.documents import emit
from krakpy.cli.ext.description import document_of, lines_of
from krakpy.cli.ext.inventory import take
from krakpy.cli.ext.source import complete_id, named, settings_of
from krakpy.cli.ext.verdicts import as_document, job_of, judged
from krakpy.cli.options import config_option, json_option
from krakpy.cli.terminal import say
from krakpy.extension.catalog import read_catalog


@click.command()
@click.argument("id", shell_complete=complete_id)
@config_option("Show each use in this configuration, with its settings and its policy.")
@click.option("--probe", "with_probe", is_flag=True, help="Try it in a process of its own: hooks, order, verdict.")
@json_option("krakpy.ext.show/1")
def show(*, id: str, path: str | None, with_probe: bool, as_json: bool) -> None:
    """Show everything that is known about an extension: metadata, target, state, uses with settings and policy.

    ID is `distribution/name`, a name that only one distribution has, or an alias of the configuration. What only its
    code knows (hooks, place in the order) is shown with --probe. What looks like a secret is `***`.

    The object of --json: `file` and `extensions`, each with `id`, `distribution`, `version`, `group`, `kind`, `target`,
    `first_party`, `requires`, `metadata`, `state`, `reason`, `uses` (each with `place`, `name`, `settings`, `policy`)
    and `verdict` (as in `ext probe --json`, or null).
    """
    catalog, settings = read_catalog(), settings_of(path)
    inventory = take(catalog, settings, os.environ)
    documents = []
    for candidate in named(id, catalog, settings):
        document = document_of(inventory.of(candidate), candidate, settings)
        if with_probe:
            job = job_of(candidate, settings, catalog)
            document["verdict"] = as_document(job, *judged([job], catalog))
        documents.append(document)
    if as_json:
        emit("krakpy.ext.show/1", file=path, extensions=documents)
    else:
        say(*(line for document in documents for line in lines_of(document)))
