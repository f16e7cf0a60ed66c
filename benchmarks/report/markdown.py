"""The tables in Markdown, on their own or between the marks of a page."""
from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.figures import Cell
from benchmarks.limits import OURS, Verdict
from benchmarks.results import Results
from benchmarks.rounds import YARDSTICK

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def write(path: Path, text: str) -> None:
    """Into a new file; or between the marks of a page that has them."""
    page = path.read_text("utf-8") if path.exists() else ""
    if BEGIN in page and END in page:
        before, _, rest = page.partition(BEGIN)
        text = f"{before}{BEGIN}\n\n{text}\n{END}{rest.partition(END)[2]}"
    path.write_text(text, "utf-8")


def text(results: Results, verdicts: Sequence[Verdict], arguments: Sequence[str]) -> str:
    """How it was measured, and the tables."""
    parts = [_origin(results, arguments), _ratios(results), _details(results.cells), _starts(results), _held(verdicts)]
    return "\n".join(part for part in parts if part)


def _origin(results: Results, arguments: Sequence[str]) -> str:
    here, plan, versions = results.machine, results.plan, results.as_dict()["gateways"]
    gateways = ", ".join(f"{name} {version}".strip() for name, version in versions.items())
    return (
        f"Measured on {here.date} with `{shlex.join(['python', '-m', 'benchmarks', *arguments])}`: {here.processor}, "
        f"{here.cores} cores, Linux {here.kernel}, Python {here.python}; {plan.rounds} rounds of {plan.seconds} s, "
        f"{plan.connections} connections; load of the machine before: {here.load:.1f}. {gateways}.\n"
    )


def _ratios(results: Results) -> str:
    cells = {(cell.workload, cell.gateway): cell for cell in results.cells}
    rows = [
        [f"`{name}`", *(_ratio(cells.get((name, gateway))) for gateway in results.gateways)]
        for name in dict.fromkeys(cell.workload for cell in results.cells)
    ]
    note = f"CPU per request; 1 is {YARDSTICK}'s `noop`. The median of the rounds, the least and the most.\n\n"
    return note + _table(["workload", *results.gateways], rows) if rows else ""


def _ratio(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if cell.problem or cell.ratio is None:
        return "invalid" if cell.problem else f"{cell.cpu_us.median:.1f} µs" if cell.cpu_us else ""
    text = f"{cell.ratio.median:.2f} ({cell.ratio.least:.2f} – {cell.ratio.most:.2f})"
    return f"**{text}**" if cell.gateway == OURS else text


def _details(cells: Sequence[Cell]) -> str:
    rows = [
        [
            f"`{one.workload}`", one.gateway, f"{one.cpu_us.median:.1f}", f"{one.rps.median:,.0f}",
            f"{one.p50_us.median / 1000:.2f}", f"{one.p99_us.median / 1000:.2f}", f"{one.busy.median * 100:.0f} %",
        ]
        for one in cells if not one.problem and one.cpu_us and one.rps and one.p50_us and one.p99_us and one.busy
    ]
    heads = ["workload", "gateway", "CPU µs", "requests/s", "p50 ms", "p99 ms", "core used"]
    return _table(heads, rows) if rows else ""


def _starts(results: Results) -> str:
    good = [boot for boot in results.boots if not boot.problem]
    rows = []
    for workload, gateway in dict.fromkeys((boot.workload, boot.gateway) for boot in good):
        own = [boot for boot in good if (boot.workload, boot.gateway) == (workload, gateway)]
        loaded = [max(one.loaded_bytes) for one in results.memory if one.gateway == gateway and one.loaded_bytes]
        rows.append([
            f"`{workload}`", gateway, f"{median(boot.seconds for boot in own):.2f}",
            f"{median(boot.cpu_s for boot in own):.2f}", f"{median(sum(boot.idle_bytes) for boot in own) / 1e6:.0f}",
            f"{median(max(boot.idle_bytes) for boot in own) / 1e6:.0f}",
            f"{max(loaded) / 1e6:.0f}" if loaded and workload == "boot" else "",
        ])
    heads = ["", "gateway", "s to the first 200", "CPU s", "MB idle, all", "largest process", "after the load"]
    return _table(heads, rows) if rows else ""


def _held(verdicts: Sequence[Verdict]) -> str:
    rows = [
        [
            one.limit.name, f"{one.limit.most:g} {one.limit.unit}",
            "" if one.measured is None else f"{one.measured:.2f}", one.word,
        ]
        for one in verdicts
    ]
    return _table(["limit", "at most", "measured", ""], rows) if rows else ""


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(heads)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
