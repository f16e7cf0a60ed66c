"""`krakpy ext new NAME`: writes a package that is complete, tested and ready to be published."""
from __future__ import annotations

from pathlib import Path
from shlex import quote

import click
from rich.text import Text

from krakpy.cli.documents import emit
from krakpy.cli.ext.skeleton import KINDS, BadName, Kind, Package, files_of
from krakpy.cli.options import json_option
from krakpy.cli.terminal import say
from krakpy.log_lines import printable


@click.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), default="hook", show_default=True, help="What it is to be.")
@click.option("--into", metavar="FOLDER", default=".", help="The folder that gets it; else the current one.")
@json_option("krakpy.ext.new/1")
def new(*, name: str, kind: Kind, into: str, as_json: bool) -> None:
    """Write a new extension: a package with an entry point, settings, tests, a README and a licence.

    NAME is what `pip install` will call it: `acme-geo` makes the extension `geo` (of a middleware the namespace
    `acme/geo`). A hook sees requests and answers of endpoints; a middleware stands in the backend seat; a driver is a
    decoder. Its own tests pass as it is; change it from there. Nothing that is there already is overwritten.

    Exit status: 0 it is written, 1 it is not: the folder is there already.

    The object of --json: `ok`, `id`, `folder` and `files`.
    """
    package = Package(name, kind)
    try:
        files = files_of(package)
    except BadName as error:
        raise click.BadParameter(str(error), param_hint="NAME") from error
    folder = Path(into, package.distribution)
    if folder.exists():
        raise click.ClickException(f"{folder} is there already")
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    id = f"{package.distribution}/{package.extension}"
    if as_json:
        emit("krakpy.ext.new/1", ok=True, id=id, folder=str(folder), files=sorted(files))
    else:
        _show(id, folder, sorted(files), package)


def _show(id: str, folder: Path, files: list[str], package: Package) -> None:
    say(Text.assemble((id, "bold"), f" is in {printable(str(folder))}"), *(Text(f"  {path}", "dim") for path in files))
    target = quote(str(folder) if folder.is_absolute() else f"./{folder}")
    say(Text.assemble(("→ ", "dim"), (f"pip install -e {target}", "green")))
    say(Text.assemble(("→ ", "dim"), (f"krakpy ext test {package.extension}", "green")))
