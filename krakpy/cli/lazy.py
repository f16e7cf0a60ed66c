"""A group of commands that are imported when they are called.

    @click.group(cls=LazyGroup, lazy={"run": "krakpy.cli.run:run"}, aliases={"start": "run"})
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """Knows its commands by name and place (`module:attribute`); an alias is served and not listed.

    `more` gives further commands, when the others are not enough; they never take the place of one that is known.
    """

    def __init__(
        self,
        *arguments: Any,
        lazy: Mapping[str, str],
        aliases: Mapping[str, str] | None = None,
        more: Callable[[], Mapping[str, click.Command]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._lazy = dict(lazy)
        self._aliases = dict(aliases or {})
        self._more = more or dict

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names in the order in which they were given."""
        known = [*self._lazy, *self.commands]
        return [*known, *sorted(self._more().keys() - {*known, *self._aliases})]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name or an alias, imported now; None if there is none."""
        target = self._lazy.get(self._aliases.get(cmd_name, cmd_name))
        if target is None:
            return super().get_command(ctx, cmd_name) or self._more().get(cmd_name)
        module, _, attribute = target.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command), f"{target} is a command"
        return command
