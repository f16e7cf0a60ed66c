"""What the terminal shows: the tables, and what went wrong."""
from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.figures import Cell, Range, against
from benchmarks.limits import OURS, Verdict
from benchmarks.results import Results
from benchmarks.rounds import YARDSTICK

_NONE = ""


def console() -> Console:
    """The terminal; wide enough for the tables where it goes into a file."""
    made = Console()
    return made if made.is_terminal else Console(width=120)


def show(console: Console, results: Results) -> None:
    """All tables of a run."""
    tables = {
        f"CPU per request: 1 is {YARDSTICK}'s noop; median of the rounds": _cells(results.cells),
        f"CPU of {OURS} over that of others, block by block": _beside(results),
        "Start, to the first 200": _boots(results),
        "Memory (PSS) in MB, before and after the load": _memory(results),
    }
    for title, table in tables.items():
        if table.row_count:
            console.print(Text(f"\n{title}", style="bold"))
            console.print(table)
    for (gateway, problem), workloads in _failed(results).items():
        console.print(Text(f"invalid: {', '.join(workloads)} by {gateway}: {problem}", style="red"))


def _failed(results: Results) -> dict[tuple[str, str], dict[str, None]]:
    """The workloads that are invalid, by whose they are and why."""
    failed = [(one.workload, one.gateway, one.problem) for one in results.cells]
    failed += [(one.workload, one.gateway, one.problem) for one in results.boots]
    found: dict[tuple[str, str], dict[str, None]] = {}
    for workload, gateway, problem in failed:
        if problem:
            found.setdefault((gateway, problem), {})[workload] = None
    return found


def _table(left: Sequence[str], right: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in left:
        table.add_column(name)
    for name in right:
        table.add_column(name, justify="right")
    return table


def _cells(cells: Sequence[Cell]) -> Table:
    heads = ["CPU ratio", "least – most", "µs", "requests/s", "p50 ms", "p99 ms", "busy"]
    table = _table(["workload", "gateway"], heads)
    for workload in dict.fromkeys(cell.workload for cell in cells):
        for cell in sorted((one for one in cells if one.workload == workload), key=lambda one: one.gateway != OURS):
            table.add_row(workload, cell.gateway, *(["invalid"] if cell.problem else _figures(cell)))
            workload = _NONE
    return table


def _figures(cell: Cell) -> list[str]:
    return [
        *_ratio(cell.ratio), number(cell.cpu_us), number(cell.rps, 0), number(cell.p50_us, 2, 1000),
        number(cell.p99_us, 2, 1000), number(cell.busy, 0, 0.01) + " %",
    ]


def _ratio(ratio: Range | None) -> list[str]:
    return [f"{ratio.median:.2f}", f"{ratio.least:.2f} – {ratio.most:.2f}"] if ratio else [_NONE, _NONE]


def number(value: Range | None, digits: int = 1, unit: float = 1) -> str:
    """The median, in this unit."""
    return f"{value.median / unit:,.{digits}f}" if value else _NONE


def _beside(results: Results) -> Table:
    others = [name for name in results.gateways if name != OURS]
    table = _table(["workload"], others)
    for workload in dict.fromkeys(sample.workload for sample in results.samples):
        found = [against(results.samples, OURS, name, workload) for name in others]
        if any(found):
            table.add_row(workload, *(f"{one.median:.2f}" if one else _NONE for one in found))
    return table


def _boots(results: Results) -> Table:
    table = _table(["", "gateway"], ["s", "least – most", "CPU s", "MB idle"])
    good = [boot for boot in results.boots if not boot.problem]
    for workload, gateway in dict.fromkeys((boot.workload, boot.gateway) for boot in good):
        own = [boot for boot in good if (boot.workload, boot.gateway) == (workload, gateway)]
        seconds = [boot.seconds for boot in own]
        table.add_row(
            workload, gateway, f"{median(seconds):.2f}", f"{min(seconds):.2f} – {max(seconds):.2f}",
            f"{median(boot.cpu_s for boot in own):.2f}", f"{median(sum(boot.idle_bytes) for boot in own) / 1e6:.1f}",
        )
    return table


def _memory(results: Results) -> Table:
    heads = ["all, idle", "all, after", "largest process, idle", "after"]
    table = _table(["gateway"], heads)
    for one in results.memory:
        sizes = [sum(one.idle_bytes), sum(one.loaded_bytes), max(one.idle_bytes), max(one.loaded_bytes, default=0)]
        table.add_row(one.gateway, *(f"{size / 1e6:.1f}" for size in sizes))
    return table


def show_limits(console: Console, verdicts: Sequence[Verdict]) -> None:
    """Each limit, what was measured, and whether it is held."""
    table = _table(["limit"], ["at most", "measured", "", ""])
    for one in verdicts:
        measured = "" if one.measured is None else f"{one.measured:.2f}"
        style = "green" if one.is_held else "red"
        table.add_row(one.limit.name, f"{one.limit.most:g}", measured, one.limit.unit, Text(one.word, style))
    console.print(table)
