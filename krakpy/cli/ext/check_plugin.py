"""`krakpy check-plugin`: KrakenD's command, told of packages: does what an extension needs fit what is installed?"""
from __future__ import annotations

import click

from krakpy.cli.options import completed_id, json_option


@click.command("check-plugin")
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=completed_id)
@click.option("-s", "--sum", "lock", metavar="FILE", help="A lock file to compare with; a go.sum is ignored.")
@click.option("-l", "--libc", "wanted_libc", metavar="NAME", help="The C library to expect: `GLIBC-2.36`.")
@click.option("-g", "--go", "go", metavar="VERSION", help="Ignored: extensions are not built with Go.")
@click.option("-f", "--format", "fixes", is_flag=True, help="Print the commands that mend it.")
@json_option("krakpy.check-plugin/1")
def check_plugin(*, ids: tuple[str, ...], lock: str | None, wanted_libc: str | None, go: str | None, fixes: bool,
                 as_json: bool) -> None:  # fmt: skip
    """Compare what installed extensions need with what this environment has: Python, contract, packages.

    KrakenD's command compares a plugin's go.sum with the gateway. Here packages say what they need in their metadata:
    without an ID those of everybody are compared. Nothing is imported. `krakpy ext doctor` looks at more.

    Exit status: 0 everything fits, 1 something does not.

    The object of --json: `ok`, `checked` (ids), `incompatibilities` (`name`, `have`, `want`, `fix`) and `ignored`.
    """
    # PERF: who asks for `krakpy --help` need not wait for what reads configurations and metadata
    from krakpy.cli.documents import emit
    from krakpy.cli.ext.plugin_needs import compared, is_go_sum, lines_of

    checked, found = compared(ids, lock, wanted_libc)
    ignored = [f"-g {go}: extensions are not built with Go"] if go else []
    ignored += [f"-s {lock}: a go.sum says nothing of packages"] if lock and is_go_sum(lock) else []
    if as_json:
        told = {"incompatibilities": [each.as_dict() for each in found], "ignored": ignored}
        emit("krakpy.check-plugin/1", ok=not found, checked=checked, **told)
    else:
        click.echo("".join(f"{line}\n" for line in ignored), err=True, nl=False)
        click.echo("\n".join(lines_of(found, fixes=fixes)))
    raise click.exceptions.Exit(1 if found else 0)
