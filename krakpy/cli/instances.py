"""Shows what runs extensions: their hosts, and how each instance stands and does."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from krakpy.log_lines import printable

_STYLES = {
    "active": "green", "quarantined": "bold red", "probation": "yellow",
    "ready": "green", "expected": "yellow", "down": "bold red",
}  # fmt: skip


def hosts_table(hosts: Iterable[Mapping[str, Any]]) -> Table:
    """One line for each process beside the workers."""
    table = _table("host", "instance", "state", "for", "restarts")
    for host in hosts:
        table.add_row(
            str(host["pid"] or "-"), _name(host), _state(host["state"]), duration(host["for_s"]), str(host["restarts"])
        )
    return table


def instances_table(instances: Iterable[Mapping[str, Any]]) -> Table:
    """One line for each instance: how it stands, what it did, and how long that takes."""
    table = _table("instance", "extension", "state", "calls", "mean", "errors", "overruns", "deaths")
    for one in instances:
        mean = "-" if one["mean_ms"] is None else milliseconds(one["mean_ms"])
        counts = (str(one[key]) for key in ("errors", "overruns", "deaths"))
        extension = printable(f"{one['id']} {one['version']}")
        table.add_row(_name(one), extension, _state(one["state"]), str(one["calls"]), mean, *counts)
    return table


def components_table(components: Iterable[Mapping[str, Any]]) -> Table:
    """One line for each thing that is said; the same of several workers is one."""
    said: dict[tuple[str, str, str], list[int]] = {}
    for one in components:
        words = ", ".join(f"{name}: {value}" for name, value in one["status"].items())
        said.setdefault((str(one["instance"]), str(one["place"]), words), []).append(one["worker"])
    table = _table("component", "place", "says", "workers")
    for (instance, place, words), workers in said.items():
        table.add_row(printable(instance), printable(place), printable(words), str(len(workers)))
    return table


def quarantines(instances: Iterable[Mapping[str, Any]]) -> Iterator[Text]:
    """A line for each instance that is not called, or is tried: why, for how long, and what ends it."""
    for one in instances:
        if one["state"] == "active":
            continue
        until = "until it is released" if one["until_s"] is None else f"for {duration(one['until_s'])} more"
        when = until if one["state"] == "quarantined" else "one call at a time"
        yield Text.assemble(
            (one["state"], _STYLES[one["state"]]), (f" {_name(one)}", "cyan"), f" {when}: ",
            printable(one["last_failure"]), ("  →  ", "dim"), (f"krakpy ext release {printable(one['id'])}", "green"),
        )  # fmt: skip


def milliseconds(value: float) -> str:
    """`0.38 µs`, `4.1 ms`."""
    return f"{value * 1000:.3g} µs" if value < 1 else f"{value:.3g} ms"


def _table(*names: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name, style="", header_style="dim")
    return table


def _name(one: Mapping[str, Any]) -> str:
    return printable(str(one["instance"]))


def _state(state: str) -> Text:
    return Text(state, _STYLES.get(state, "yellow"))


def duration(seconds: float) -> str:
    """`4.2 s`, `3 min 20 s`, `5 h 2 min`, `12 d 3 h`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"
