"""The options that several commands share, so that they mean the same everywhere."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

#: set instead of `-c`
CONFIG_VARIABLE = "KRAKPY_CONFIG"


def config_option(help: str = "The configuration: JSON, YAML or TOML.") -> Decorator:
    """`-c FILE`, or the variable `KRAKPY_CONFIG`."""
    return click.option(
        "-c", "--config", "path", metavar="FILE", type=click.Path(), envvar=CONFIG_VARIABLE, show_envvar=True, help=help
    )


def json_option(schema: str) -> Decorator:
    """`--json`; `schema` is what the member `schema` of the object says."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print one JSON object instead, of schema `{schema}`.")


def ignore_missing_option() -> Decorator:
    """`--ignore-missing-plugins`."""
    help = "Start although an extension is missing or may not load; what needs it answers 503."
    return click.option("--ignore-missing-plugins", "ignore_missing", is_flag=True, help=help)


def ignore_unknown_option() -> Decorator:
    """`--ignore-unknown`."""
    help = "Start although nothing answers a namespace; never for auth/, security/, validation/ and qos/."
    return click.option("--ignore-unknown", "ignore_unknown", is_flag=True, help=help)


def completed_id(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The installed ids that begin so; what knows them is imported when the shell asks."""
    from krakpy.cli.ext.source import complete_id

    return complete_id(context, parameter, incomplete)


def required(path: str | None) -> str:
    """The configuration's path; ends the command with a sentence if there is none."""
    if path:
        return path
    command = click.get_current_context().command_path
    click.echo(f"krakpy: no configuration: write `{command} -c FILE`, or set {CONFIG_VARIABLE}", err=True)
    raise click.exceptions.Exit(1)
