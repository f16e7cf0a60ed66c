"""The CPU ratios as an SVG that is readable on a light and on a dark page: it brings its own ground."""
from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.figures import Cell
from benchmarks.limits import OURS
from benchmarks.results import Results
from benchmarks.rounds import YARDSTICK

WIDTH, ROW, GAP, MARGIN = 760, 22, 30, 20
_LEFT, _RIGHT = 110, 150
_WIDEST = WIDTH - _LEFT - _RIGHT - MARGIN
#: how many times ours a bar may be long
CUT = 4
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:var(--ink)}.head{font-weight:600}.ours{font-weight:600}"
    ":root{--ground:#fff;--ink:#24313c;--bar:#9fb0bd;--ours:#00897b;--reach:#24313c}"
    "@media(prefers-color-scheme:dark){"
    ":root{--ground:#20262c;--ink:#e3e9ee;--bar:#5d6f7d;--ours:#26a69a;--reach:#e3e9ee}}"
)


def svg(results: Results) -> str:
    """One panel for each main workload, with a scale of its own; a thin line reaches from the least to the most."""
    what = {workload.name: workload.what for workload in results.plan.workloads if workload.is_main}
    good = [cell for cell in results.cells if _is_shown(cell)]
    panels = {name: shown for name in what if (shown := [cell for cell in good if cell.workload == name])}
    parts, y = [], MARGIN + 16
    parts.append(_text(MARGIN, y, f"CPU per request; 1 is {YARDSTICK} passing 150 B on. Less is better.", "head"))
    for name, shown in panels.items():
        y += GAP
        parts.append(_text(MARGIN, y, f"{name}: {what[name]}", "head"))
        parts += _panel(shown, y + 6)
        y += 6 + ROW * len(shown)
    return _document("\n".join(parts), y + MARGIN, panels)


def _is_shown(cell: Cell) -> bool:
    return cell.ratio is not None and not cell.problem


def _panel(cells: Sequence[Cell], top: float) -> list[str]:
    """Bars on one scale; one that is many times longer than ours is cut, so that the others can be told apart."""
    longest = max(cell.ratio.most for cell in cells if cell.ratio)
    ours = [cell.ratio.most for cell in cells if cell.gateway == OURS and cell.ratio]
    scale = _WIDEST / min(longest, CUT * ours[0] if ours else longest)
    return [_bar(cell, top + ROW * row, scale) for row, cell in enumerate(cells)]


def _bar(cell: Cell, y: float, scale: float) -> str:
    ratio, kind = cell.ratio, "ours" if cell.gateway == OURS else "bar"
    if ratio is None:
        return ""
    least, middle, most = (_LEFT + min(value * scale, _WIDEST) for value in (ratio.least, ratio.median, ratio.most))
    line = y + ROW / 2
    cut = f'<path d="M{middle - 18:.1f} {y + 2:.1f}l-6 {ROW - 4}" stroke="var(--ground)" stroke-width="4"/>'
    return "\n".join([
        _text(_LEFT - 8, line + 4.5, cell.gateway, "ours" if kind == "ours" else "", "end"),
        f'<rect x="{_LEFT}" y="{y + 4:.1f}" width="{middle - _LEFT:.1f}" height="{ROW - 8}" rx="2"'
        f' fill="var(--{kind})"/>',
        cut if ratio.median * scale > _WIDEST else
        f'<path d="M{least:.1f} {line:.1f}H{most:.1f}" stroke="var(--reach)" stroke-width="1"/>',
        _text(most + 8, line + 4.5, f"{ratio.median:.2f}  ({cell.cpu_us.median:.0f} µs)" if cell.cpu_us else "", ""),
    ])


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    marked = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}"{marked} text-anchor="{anchor}">{escape(text)}</text>'


def _document(body: str, height: float, panels: dict[str, list[Cell]]) -> str:
    title = f"CPU per request of {len({cell.gateway for shown in panels.values() for cell in shown})} gateways"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img"'
        ' aria-labelledby="title">\n'
        f'<title id="title">{title}</title>\n<style>{_STYLE}</style>\n'
        f'<rect width="{WIDTH}" height="{height:g}" rx="8" fill="var(--ground)"/>\n{body}\n</svg>\n'
    )
