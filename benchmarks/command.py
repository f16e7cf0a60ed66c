"""The command line of the side-by-side run: `python -m benchmarks`."""
from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks import limits, workloads
from benchmarks.gateways import listing
from benchmarks.gateways.contract import Gateway, absent
from benchmarks.report import markdown, picture, terminal
from benchmarks.results import Machine, Results
from benchmarks.rounds import Boot, Plan, Sample, measurements
from benchmarks.stage import Stage, StageError

_DESCRIPTION = "Measures krakpy beside other gateways, in short slices of load that alternate."
_QUICK_GATEWAYS, _QUICK_ROUNDS, _ROUNDS = "krakpy,nginx", 2, 5
#: what the load and the upstream need
NEEDED = {"wrk": "apt install wrk", "nginx": "apt install nginx"}


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks", description=_DESCRIPTION,
        epilog="Other commands: `profile` shows where the microseconds go, `parts` what parts cost in one process.",
    )
    made.add_argument("--gateways", metavar="NAME,…", help="these alone (all that are here)")
    made.add_argument("--workloads", metavar="NAME,…", help="these; patterns such as 'noop*' or '*' are allowed")
    made.add_argument("--rounds", type=_positive, metavar="N", help="how often each is measured (5)")
    made.add_argument("--seconds", type=_positive, default=1, metavar="N", help="length of a slice of load (1)")
    made.add_argument("--connections", type=_positive, default=workloads.CONNECTIONS, metavar="N", help="at once (32)")
    made.add_argument("--quick", action="store_true", help="two rounds of krakpy and nginx")
    made.add_argument("--list", action="store_true", help="tell what there is and what is missing, and end")
    made.add_argument("--check", action="store_true", help="compare with the limits; status 1 if one is not held")
    made.add_argument("--krakend", type=Path, metavar="PATH", help="the binary of KrakenD")
    made.add_argument("--tree", type=Path, metavar="TREE", help="krakpy of this source tree, not the installed one")
    made.add_argument("--against", type=Path, metavar="TREE", help="another source tree of krakpy, as `before`")
    made.add_argument("--json", type=Path, metavar="FILE", help="write all measurements")
    made.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables, between a page's marks")
    made.add_argument("--picture", type=Path, metavar="FILE", help="write an SVG")
    return made


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def main(arguments: Sequence[str]) -> int:
    """Run and print; the exit status."""
    options = parser()
    given = options.parse_args(arguments)
    console, notes = terminal.console(), Console(stderr=True)
    try:
        plan = planned(given, known(given))
    except ValueError as error:
        options.error(str(error))
    if given.list:
        _tell(console, known(given))
        return 0
    if lacking := [remedy for name, remedy in NEEDED.items() if absent(name, remedy)]:
        notes.print(f"Nothing can be measured before: {'; '.join(lacking)}")
        return 2
    try:
        results = run(_present(plan, notes), notes)
    except StageError as error:
        notes.print(str(error), style="red")
        return 2
    return _report(given, results, console)


def known(given: argparse.Namespace) -> list[Gateway]:
    """All gateways that the options know."""
    return listing.gateways(krakend=given.krakend, tree=given.tree, against=given.against)


def planned(given: argparse.Namespace, gateways: list[Gateway]) -> Plan:
    """What is run; ValueError for a name that is none."""
    asked = given.workloads or (",".join(limits.WORKLOADS) if given.check else "")
    quick = _QUICK_GATEWAYS + (",before" if given.against else "") if given.quick else ""
    return Plan(
        gateways=listing.chosen(gateways, _names(given.gateways or quick)), workloads=workloads.chosen(_names(asked)),
        rounds=given.rounds or (_QUICK_ROUNDS if given.quick else _ROUNDS),
        seconds=given.seconds, connections=given.connections,
    )


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _present(plan: Plan, notes: Console) -> Plan:
    """The plan without the gateways that are not here, each skipped by name."""
    for gateway in plan.gateways:
        if remedy := gateway.missing():
            notes.print(f"skipped: {gateway.name}, which is not here: {remedy}")
    here = [gateway for gateway in plan.gateways if not gateway.missing()]
    return Plan(**{**vars(plan), "gateways": here})


def _tell(console: Console, gateways: list[Gateway]) -> None:
    for gateway in gateways:
        remedy = gateway.missing()
        console.print(f"{gateway.name:12} {f'not here: {remedy}' if remedy else gateway.version()}", markup=False)
    console.print()
    for workload in workloads.WORKLOADS:
        mark = "*" if workload.is_main else " "
        able = ", ".join(gateway.name for gateway in gateways if gateway.can(workload))
        console.print(f"{workload.name:10} {mark} {workload.what} ({able})", markup=False, soft_wrap=True)
    console.print("\n* what is run when nothing is said")
    for remedy in filter(None, (absent(name, remedy) for name, remedy in NEEDED.items())):
        console.print(f"needed: {remedy}")


def run(plan: Plan, notes: Console) -> Results:
    """Measure, with the progress on the way."""
    samples: list[Sample] = []
    boots: list[Boot] = []
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    stage = Stage()
    machine = Machine.here(stage.cores)
    if stage.cores < 2:
        notes.print("There is one core: gateway, load and upstream share it, and the ratios are too small.")
    with stage, Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task("starting", total=plan.steps)
        for one in measurements(plan, stage):
            (samples if isinstance(one, Sample) else boots).append(one)  # type: ignore[arg-type]
            progress.update(task, advance=1, description=f"{one.workload} {one.gateway}")
        memory = stage.memory()
    return Results(machine=machine, plan=plan, samples=samples, boots=boots, memory=memory)


def repeating(given: argparse.Namespace) -> list[str]:
    """The options that make the same run elsewhere: no files, no paths of this machine."""
    words = []
    for name in ("gateways", "workloads", "rounds", "seconds", "connections", "quick", "check", "krakend"):
        value, usual = getattr(given, name), parser().get_default(name)
        if value != usual:
            words.append(f"--{name}")
            words += [] if value is True else ["PATH" if isinstance(value, Path) else str(value)]
    return words


def _report(given: argparse.Namespace, results: Results, console: Console) -> int:
    terminal.show(console, results)
    verdicts = limits.verdicts(results) if given.check else []
    if verdicts:
        terminal.show_limits(console, verdicts)
    if given.json:
        given.json.write_text(json.dumps(results.as_dict(), indent=1) + "\n")
    if given.markdown:
        markdown.write(given.markdown, markdown.text(results, verdicts, repeating(given)))
    if given.picture:
        given.picture.write_text(picture.svg(results))
    return int(any(not verdict.is_held for verdict in verdicts))
