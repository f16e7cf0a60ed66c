"""`commands.md`: every command and option, from the command line itself."""
from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from krakpy.cli.installed import Installed
from krakpy.cli.main import main

from .writing import code, document, required, table

INTRODUCTION = """
`krakpy COMMAND --help` says the same. Every command that prints a table has `--json`, and every command ends with a
status that a script can use: 0 all is well, 1 what was looked at is not, 2 the command line itself is wrong. No command
of `krakpy ext` imports an extension into its own process, so they all work when every extension is broken.

Packages may add commands (`krakpy.commands.v1`), as krakpy-openapi does: `krakpy --help` lists those that are
installed, and each says itself what it takes.

`--json` prints one object on standard output, whose member `schema` names what else is in it (`krakpy.check/1`). The
number changes when a member is removed or means something else; members may be added. A problem is always an object
with `code`, `place`, `message`, `remedy` and `severity`.
"""


VALUES = {"integer": "NUMBER", "integer range": "NUMBER"}


def page(root: click.Command = main) -> str:
    """The page; Undocumented for a command or option without help."""
    context = click.Context(root, info_name="krakpy")
    return document("Commands", INTRODUCTION, *_sections(root, context))


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            # NOTE: what installed packages add stands in their own pages
            if inner is not None and not inner.hidden and not isinstance(inner, Installed):
                yield from _sections(inner, click.Context(inner, info_name=name, parent=context))
    else:
        yield _section(command, context)


def _section(command: click.Command, context: click.Context) -> str:
    path = context.command_path
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    rows = [_option(option, path) for option in options]
    parts = (
        f"## `{path}`",
        f"```text\n{usage}\n```",
        _paragraphs(command.help or "", path),
        table(("option", "default", "meaning"), rows),
    )
    return "\n\n".join(part for part in parts if part)


def _paragraphs(help: str, path: str) -> str:
    shown = inspect.cleandoc(help.partition("\f")[0].replace("\b\n", ""))
    return "\n\n".join(required(part, path) for part in shown.split("\n\n"))


def _option(option: click.Option, path: str) -> tuple[str, str, str]:
    names = ", ".join(code(name) for name in (*option.opts, *option.secondary_opts))
    words = required(option.help, f"{path} {option.opts[0]}")
    variable = f" Or set `{option.envvar}`." if option.show_envvar else ""
    return f"{names} {_value(option)}".strip(), _default(option), words + variable


def _value(option: click.Option) -> str:
    """What is written after the option's name, or nothing."""
    if option.is_flag or option.count:
        return ""
    return option.metavar or VALUES.get(option.type.name, option.type.name.upper())


def _default(option: click.Option) -> str:
    """The default as the help shows it; nothing where there is none."""
    if isinstance(option.show_default, str):
        return option.show_default
    shown = isinstance(option.default, str | int | float) and not (option.is_flag or option.count)
    return code(str(option.default)) if shown else ""
