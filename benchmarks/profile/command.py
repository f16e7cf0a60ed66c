"""The command of the profile: `python -m benchmarks profile --workload json`."""
from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import workloads
from benchmarks.gateways import listing
from benchmarks.load import LoadError
from benchmarks.profile import layers, sampling
from benchmarks.report import terminal
from benchmarks.stage import StageError

_DESCRIPTION = "Shows where the microseconds of a request go, by layer and by function."
_EPILOG = "py-spy looks at the worker from outside: it needs ptrace, so root or kernel.yama.ptrace_scope = 0."


def main(arguments: Sequence[str]) -> int:
    """Look and print; the exit status."""
    options = parser()
    given = options.parse_args(arguments)
    console = terminal.console()
    try:
        workload = workloads.chosen([given.workload])[0]
        gateway = listing.chosen(listing.gateways(tree=given.tree), [given.gateway])[0]
    except ValueError as error:
        options.error(str(error))
    remedies = [gateway.missing(), "" if sampling.sampler() else "pip install py-spy"]
    if missing := [remedy for remedy in remedies if remedy]:
        console.print(f"Nothing can be seen before: {'; '.join(missing)}")
        return 2
    if not gateway.can(workload) or workload.is_boot:
        options.error(f"{gateway.name} does not do {workload.name}")
    try:
        taken = sampling.taken(gateway, workload, seconds=given.seconds, rate=given.rate, native=not given.plain)
    except (StageError, LoadError, sampling.SamplingError) as error:
        console.print(str(error), style="red")
        return 2
    _report(console, taken, given)
    return 0


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks profile", description=_DESCRIPTION, epilog=_EPILOG)
    made.add_argument("--workload", default="json", metavar="NAME", help="what it does meanwhile (json)")
    made.add_argument("--gateway", default="krakpy", choices=["krakpy", "handwritten"], help="(krakpy)")
    made.add_argument("--tree", type=Path, metavar="PATH", help="krakpy of another source tree")
    made.add_argument("--seconds", type=int, default=8, metavar="N", help="how long to look (8)")
    made.add_argument("--rate", type=int, default=250, metavar="N", help="looks a second (250)")
    made.add_argument("--top", type=int, default=25, metavar="N", help="how many functions (25)")
    made.add_argument("--plain", action="store_true", help="frames of Python alone: C code and kernel count for them")
    made.add_argument("--stacks", type=Path, metavar="FILE", help="write the collapsed stacks, for a flame graph")
    made.add_argument("--json", type=Path, metavar="FILE", help="write both tables")
    return made


def _report(console: Console, taken: sampling.Taken, given: argparse.Namespace) -> None:
    seen = layers.stacks(taken.text)
    weighed = layers.weighed(seen, taken.system)
    by_layer, by_function = layers.shares(weighed, "layer"), layers.shares(weighed, "function")
    samples = sum(stack.count for stack in seen)
    console.print(
        f"{given.workload}: {taken.cpu_us:.1f} µs of CPU a request, {taken.system:.0%} of it in the kernel; "
        f"{samples:.0f} looks, so ±{taken.cpu_us / max(1, samples) ** 0.5 / 2:.1f} µs", highlight=False,
    )
    console.print(_table("layer", by_layer, taken.cpu_us))
    console.print(_table("function, with the C code it calls", by_function[: given.top], taken.cpu_us))
    if given.stacks:
        given.stacks.write_text(taken.text)
    if given.json:
        tables = {"layers": dict(by_layer), "functions": dict(by_function)}
        head = {"schema": "krakpy.benchmarks.profile/1", "workload": given.workload, "cpu_us": taken.cpu_us}
        given.json.write_text(json.dumps({**head, "system": taken.system, **tables}, indent=1) + "\n")


def _table(head: str, shares: Sequence[tuple[str, float]], cpu_us: float) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("µs", justify="right")
    table.add_column("share", justify="right")
    table.add_column(head)
    for name, share in shares:
        table.add_row(f"{share * cpu_us:.1f}", f"{share:.1%}", name)
    return table
