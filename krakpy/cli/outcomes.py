"""Shows what a gateway says of itself: the outcome of a reload, and its status."""
from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from krakpy.cli.instances import components_table, duration, hosts_table, instances_table, quarantines
from krakpy.cli.terminal import SEVERITIES, complain, counted, say
from krakpy.log_lines import printable

STATES = {"ready": "green", "booting": "yellow", "draining": "cyan", "serving": "green", "loaded": "green"}


def show_outcome(outcome: Mapping[str, Any]) -> None:
    """One line for a reload that went well; for another one why not, a line for each reason."""
    if outcome["ok"]:
        say(Text(f"reloaded in {outcome['took_s']:.1f} s: generation {outcome['generation']} serves", "green"))
        return
    heading = Text.assemble(
        "krakpy: the reload was ", ("refused", "bold"), f" ({_count(outcome)}); generation "
        f"{outcome['generation']} goes on serving",
    )
    complain(heading, *reasons(outcome))


def reasons(outcome: Mapping[str, Any]) -> Iterator[Text]:
    """Why a reload was refused, a line each."""
    for problem in outcome["problems"]:
        yield _line(problem)
    if outcome["more_problems"]:
        yield Text(f"… and {outcome['more_problems']} more: krakpy check shows all of them")


def status_view(status: Mapping[str, Any]) -> RenderableType:
    """The status for people."""
    parts: list[RenderableType] = [_summary(status), _workers(status["workers"])]
    if status.get("hosts"):
        parts.append(hosts_table(status["hosts"]))
    if status.get("instances"):
        parts.append(instances_table(status["instances"]))
    if status.get("components"):
        parts.append(components_table(status["components"]))
    parts += quarantines(status.get("instances", ()))
    broken = [extension for extension in status["extensions"] if extension["state"] != "loaded"]
    if broken:
        parts.append(Text("extensions that do not serve", "bold"))
        parts += [_line(extension) for extension in broken]
    last = status["last_reload"]
    if last is not None and not last["ok"]:
        parts.append(Text("why the last reload was refused", "bold"))
        parts += reasons(last)
    return Group(*parts)


def _summary(status: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    config, now = status["config"], time.time()
    state = status["state"] if status["reload"] is None else f"{status['state']} ({status['reload']['phase']})"
    read = f"{printable(config['path'])} ({config['digest'][:19]}…), read {_ago(config['loaded_at'], now)}"
    rows = {
        "gateway": Text.assemble(
            f"pid {status['pid']}, krakpy {status['version']}, ", (state, STATES.get(state, "yellow"))
        ),
        "up for": Text(duration(status["uptime_s"])),
        "listens on": Text(", ".join(status["listeners"])),
        "configuration": Text(read),
        "generation": Text(str(status["generation"])),
        "last reload": _last(status["last_reload"], now),
        "extensions": Text(_extensions(status["extensions"])),
    }
    if status["successor"]:
        rows["successor"] = Text(f"pid {status['successor']}")
    for name, value in rows.items():
        table.add_row(Text(name, "dim"), value)
    return table


def _workers(workers: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("worker", "generation", "state", "up for", "restarts", "last death"):
        table.add_column(name, style="", header_style="dim")
    for worker in workers:
        state = Text(worker["state"], STATES[worker["state"]])
        table.add_row(
            str(worker["pid"]), str(worker["generation"]), state, duration(worker["uptime_s"]),
            str(worker["restarts"]), _death(worker["last_death"]),
        )
    return table


def _extensions(extensions: list[dict[str, Any]]) -> str:
    loaded = sum(extension["state"] == "loaded" for extension in extensions)
    return f"{loaded} loaded, {len(extensions) - loaded} refused"


def _last(last: Mapping[str, Any] | None, now: float) -> Text:
    if last is None:
        return Text("none")
    words, style = ("ok", "green") if last["ok"] else (f"refused while {last['phase']}, {_count(last)}", "bold red")
    return Text.assemble((words, style), f", {_ago(last['at'], now)}, by {', '.join(last['by'])}")


def _death(death: Mapping[str, Any] | None) -> str:
    if death is None:
        return ""
    what = death["signal"] or f"exit status {death['exit_code']}"
    return f"{what}, {_ago(death['at'], time.time())}"


def _line(problem: Mapping[str, Any]) -> Text:
    where = " ".join(str(problem[key]) for key in ("id", "place") if problem.get(key))
    return Text.assemble(
        (problem["code"], SEVERITIES["error"]),
        (f" {printable(where)}:" if where else "", "cyan"),
        f" {printable(problem['message'])}",
        ("  →  ", "dim"),
        (printable(problem["remedy"]), "green"),
    )


def _count(outcome: Mapping[str, Any]) -> str:
    return counted(len(outcome["problems"]) + outcome["more_problems"], "problem")


def _ago(at: float, now: float) -> str:
    return f"{duration(max(0.0, now - at))} ago"
