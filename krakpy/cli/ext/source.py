"""Where the `ext` commands get what they look at: the installed distributions and, with `-c`, a configuration."""
from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches

import click
from click.shell_completion import CompletionItem

from krakpy.cli.terminal import refuse
from krakpy.config.loading import load
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError
from krakpy.extension.catalog import Candidate, Catalog, read_catalog
from krakpy.extension.policy import source_of


def settings_of(path: str | None) -> ServiceSettings | None:
    """What a configuration says, None without one; ends the command with its problems if it cannot be read."""
    if not path:
        return None
    try:
        return load(path, os.environ).settings
    except ConfigurationError as error:
        refuse(path, error.problems)


def named(id: str, catalog: Catalog, settings: ServiceSettings | None = None) -> tuple[Candidate, ...]:
    """What an id, a short name or an alias of the configuration stands for: one distribution's candidates.

    Ends the command with what is near if nothing is meant, or with the ids if several are.
    """
    name = source_of(settings.plugin if settings else None, id)
    found = [candidate for candidate in catalog.candidates if name in (candidate.id, candidate.name)]
    ids = sorted({candidate.id for candidate in found})
    if not ids:
        raise click.BadParameter(f"nothing installed is called {id!r}{_near(id, catalog.candidates)}", param_hint="ID")
    if len(ids) > 1:
        raise click.BadParameter(f"{id!r} may be {' or '.join(ids)}", param_hint="ID")
    return tuple(found)


def _near(id: str, candidates: Iterable[Candidate]) -> str:
    names = {name: candidate.id for candidate in candidates for name in (candidate.name, candidate.id)}
    close = get_close_matches(id, names, 1)
    return f"; did you mean {names[close[0]]!r}?" if close else "; see `krakpy ext list --all`"


def complete_id(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The installed ids that begin so, third parties' first; of krakpy's own only if it is named."""
    candidates = read_catalog().candidates
    ids = {candidate.id: candidate for candidate in candidates}
    own = [id for id in ids if id.startswith("krakpy/")]
    shown = [id for id in ids if id not in own] + (own if incomplete.startswith("krakpy") else [])
    return [CompletionItem(id, help=ids[id].entry_point.group) for id in shown if id.startswith(incomplete)]
