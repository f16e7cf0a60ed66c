"""The command line: `krakpy COMMAND`.

    krakpy check -c krakend.json && krakpy run -c krakend.json

Exit statuses: 0 all is well, 1 what was looked at is not, 2 the command line itself is wrong.
"""
from __future__ import annotations

import click

from krakpy import __version__
from krakpy.cli.lazy import LazyGroup


def _installed() -> dict[str, click.Command]:
    # PERF: looking through all that is installed takes 0.02 s, which krakpy's own commands need not wait for
    from krakpy.cli.installed import commands

    return commands()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    lazy={
        "run": "krakpy.cli.run:run",
        "reload": "krakpy.cli.reload:reload",
        "status": "krakpy.cli.status:status",
        "check": "krakpy.cli.check:check",
        "audit": "krakpy.cli.audit.command:audit",
        "schema": "krakpy.cli.schema:schema",
        "ext": "krakpy.cli.ext.group:ext",
        "check-plugin": "krakpy.cli.ext.check_plugin:check_plugin",
        "test-plugin": "krakpy.cli.ext.test_plugin:test_plugin",
        "demo": "krakpy.cli.demo.command:demo",
        "version": "krakpy.cli.version:version",
        "completion": "krakpy.cli.completion:completion",
    },
    aliases={"validate": "check"},
    more=_installed,
)
@click.version_option(__version__, message="krakpy %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """The API gateway that one krakend.json describes and pip-installed packages extend.

    Begin with `krakpy demo`, then `krakpy check -c krakend.json` and `krakpy run -c krakend.json`.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@main.command("help", hidden=True)
@click.argument("words", nargs=-1)
@click.pass_context
def help_(context: click.Context, words: tuple[str, ...]) -> None:
    """The same as --help."""
    root = context.find_root()
    root.command.main([*words, "--help"], prog_name=root.info_name)
