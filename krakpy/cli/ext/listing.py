"""`krakpy ext list`: every installed extension with its state."""
from __future__ import annotations

import os
from collections.abc import Iterator

import click
from rich.text import Text

from krakpy.cli.documents import emit, listed
from krakpy.cli.ext.inventory import Entry, Inventory, take
from krakpy.cli.ext.source import settings_of
from krakpy.cli.ext.verdicts import probed
from krakpy.cli.options import config_option, json_option
from krakpy.cli.terminal import counted, line_of, say
from krakpy.extension.catalog import read_catalog
from krakpy.extension.gates import SWITCHES
from krakpy.log_lines import printable

#: as wide as the longest state
STATE_WIDTH = 13
COLOURS = {"used": "green", "available": "", "built-in": "dim", "off": "dim", "not-installed": "red", "failed": "red"}


@click.command("list")
@config_option("Say also where this configuration uses each, and what it asks for and lacks.")
@click.option("--all", "with_own", is_flag=True, help="List krakpy's own parts too (--json always does).")
@click.option("--probe", "with_probe", is_flag=True, help="Try each extension in a process of its own.")
@json_option("krakpy.ext.list/1")
def list_(*, path: str | None, with_own: bool, with_probe: bool, as_json: bool) -> None:
    """List what is installed: distribution, version, group, where it is used, state and reason.

    States: `used`, `available`, `built-in`, `off` (its mode), `gate-closed`, `refused`, `ambiguous`, `failed` (its
    probe), `not-installed` (asked for and missing), and with a lock file `unlisted` and `altered`. Works whatever the
    gates say, and says what they say. `krakpy ext doctor --states` explains each.

    The object of --json: `file`, `gates` (`configuration`, `environment`: whether open), `extensions` (`id`, `name`,
    `distribution`, `version`, `group`, `state`, `uses`: places, `tiers`: where these run, `reason`: a problem or null)
    and `problems` (of distributions that cannot be read).
    """
    catalog, settings = read_catalog(), settings_of(path)
    foreign = [candidate for candidate in catalog.candidates if candidate.distribution != "krakpy"]
    verdicts = probed(foreign, settings, catalog) if with_probe else ()
    inventory = take(catalog, settings, os.environ, verdicts)
    if as_json:
        emit("krakpy.ext.list/1", file=path, **_document(inventory))
    else:
        _show(inventory, with_own=with_own)


def _document(inventory: Inventory) -> dict[str, object]:
    gates = {"configuration": inventory.is_configuration_open, "environment": inventory.is_environment_open}
    return {
        "gates": gates,
        "extensions": [_as_json(entry) for entry in inventory.entries],
        "problems": listed(inventory.problems),
    }


def _as_json(entry: Entry) -> dict[str, object]:
    candidate = entry.candidate
    return {
        "id": entry.id,
        "name": candidate.name if candidate else entry.id,
        "distribution": candidate.distribution if candidate else None,
        "version": candidate.version if candidate else None,
        "group": candidate.entry_point.group if candidate else None,
        "state": entry.state,
        "uses": [use.place for use in entry.uses],
        "tiers": list(entry.tiers),
        "reason": entry.reason.as_dict() if entry.reason else None,
    }


def _show(inventory: Inventory, *, with_own: bool) -> None:
    own = [entry for entry in inventory.entries if entry.candidate and entry.candidate.distribution == "krakpy"]
    shown = [entry for entry in inventory.entries if with_own or entry not in own]
    width = max((len(_named(entry)) for entry in shown), default=0)
    for entry in shown:
        say(*_lines(entry, width))
    say(*map(line_of, inventory.problems), *_footer(inventory, 0 if with_own else len(own)))


def _lines(entry: Entry, width: int) -> Iterator[Text]:
    state = (f"{entry.state:<{STATE_WIDTH}} ", COLOURS.get(entry.state, "yellow"))
    group = entry.candidate.entry_point.group if entry.candidate else ""
    yield Text.assemble(state, (f"{_named(entry):<{width}}", "bold"), (f"  {group}", "dim"))
    margin = " " * (STATE_WIDTH + 1)
    if entry.uses:
        where = f"  {' and '.join(entry.tiers)}" if entry.tiers else ""
        yield Text.assemble(margin, ("used at ", "dim"), (_places(entry), "cyan"), (where, "dim"))
    # NOTE: which gate is closed is said once, below
    if entry.reason and entry.state != "gate-closed":
        yield Text(f"{margin}{entry.reason.code.id} {printable(entry.reason.message)}")


def _named(entry: Entry) -> str:
    return printable(entry.id) + (f" {entry.candidate.version}" if entry.candidate else "")


def _places(entry: Entry) -> str:
    first, more = entry.uses[0].place, len(entry.uses) - 1
    return printable(first) + (f" and {counted(more, 'other')}" if more else "")


def _footer(inventory: Inventory, hidden: int) -> Iterator[Text]:
    if hidden:
        yield Text(f"{counted(hidden, 'part')} of krakpy itself not shown (--all)", "dim")
    yield from _gates(inventory)


def _gates(inventory: Inventory) -> Iterator[Text]:
    if inventory.is_configuration_open is False:
        yield _closed("the configuration has no `plugin` object", 'add "plugin": {} to its root')
    if not inventory.is_environment_open:
        yield _closed(f"{SWITCHES[0]} is not set", f"export {SWITCHES[0]}=1")


def _closed(why: str, remedy: str) -> Text:
    what = f"third-party code does not load: {why}"
    return Text.assemble(("gate closed ", "yellow"), what, ("  →  ", "dim"), (remedy, "green"))
