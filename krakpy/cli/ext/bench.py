"""`krakpy ext bench ID`: what a call of one extension costs, in each tier."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.text import Text

from krakpy.cli.documents import emit, listed
from krakpy.cli.ext.children import ChildFailed, reported
from krakpy.cli.ext.costs import Cost
from krakpy.cli.ext.exchange import Asked, NoPlace, Trial
from krakpy.cli.ext.request_options import asked_from, request_options, trial_options
from krakpy.cli.ext.source import complete_id, settings_of
from krakpy.cli.ext.subject import Subject, settings_from, subject_of, tier_for
from krakpy.cli.options import config_option, json_option
from krakpy.cli.terminal import complain, line_of, say
from krakpy.extension.catalog import read_catalog
from krakpy.log_lines import printable

DEADLINE_S = 120.0
ROUNDS = 5
#: long enough for the slowest hook that is worth its measure
TIMEOUT = "10s"

_HOOKS = "krakpy.cli.ext.bench_child"


class NotMeasured(Exception):
    """Why there is no figure."""


@click.command()
@click.argument("id", shell_complete=complete_id)
@config_option("Take the settings that this configuration gives the extension where it first uses it.")
@click.option("-n", "--calls", type=click.IntRange(10, 1_000_000), default=2000, show_default=True, help="How many.")
@trial_options
@request_options
@json_option("krakpy.ext.bench/1")
def bench(*, id: str, path: str | None, calls: int, given: str | None, tier: str | None, python: str | None,
          as_json: bool, **options: Any) -> None:  # fmt: skip
    """Measure what a call of an extension costs, one after the other, in each tier in which it can run.

    Of a hook each method is called by itself, guard and transport included. Other extensions stand in a gateway without
    a socket, and whole requests are measured with and without them, in turns. The clock is the wall's: an idle machine
    gives the figures that can be repeated. Each tier has a process of its own.

    Exit status: 0 there are figures, 1 there are none.

    The object of --json: `id`, `ok`, `calls`, `costs` (each with `what`, `tier`, `calls`, and in microseconds `p5`,
    `p50`, `p95`, `p99`, `most`) and `problems`.
    """
    settings, asked = settings_of(path), asked_from(options)
    subject = subject_of(id, read_catalog(), settings, python=python)
    tiers = subject.tiers if tier is None else (tier_for(subject, tier),)
    timeout = TIMEOUT if subject.is_hook else ""
    trials = [subject.trial(each, settings_from(given), timeout) for each in tiers]
    costs = [] if subject.problems else [cost for trial in trials for cost in _measured(subject, trial, asked, calls)]
    if as_json:
        told = {"costs": [cost.as_dict() for cost in costs], "problems": listed(subject.problems)}
        emit("krakpy.ext.bench/1", id=subject.candidate.id, ok=bool(costs), calls=calls, **told)
    else:
        complain(*map(line_of, subject.problems))
        say(*_lines(subject, costs))
    raise click.exceptions.Exit(0 if costs else 1)


def _measured(subject: Subject, trial: Trial, asked: Asked, calls: int) -> Iterator[Cost]:
    try:
        yield from (_of_hooks if subject.is_hook else _of_requests)(trial, asked, calls)
    except (NoPlace, ChildFailed, NotMeasured) as error:
        raise click.ClickException(f"{trial.candidate.id} was not measured in {trial.tier}: {error}") from error


def _of_hooks(trial: Trial, asked: Asked, calls: int) -> Iterator[Cost]:
    hooks = [name for name in trial.hooks if name != "log"] or list(trial.hooks)
    job = {"configuration": trial.configuration(asked), "asked": asdict(asked), "hooks": hooks, "calls": calls}
    report = reported(job, deadline_s=DEADLINE_S, module=_HOOKS)
    _refuse(report)
    for name, taken in report["hooks"].items():
        yield Cost.of(name, trial.tier, taken)


def _of_requests(trial: Trial, asked: Asked, calls: int) -> Iterator[Cost]:
    bare = trial.configuration(asked, with_extension=False)
    job = {
        "configuration": trial.configuration(asked), "bare": bare, "asked": asdict(asked), "rounds": ROUNDS,
        "calls": max(1, calls // ROUNDS),
    }  # fmt: skip
    report = reported(job, deadline_s=DEADLINE_S)
    _refuse(report)
    yield Cost.of("request without it", trial.tier, report["without"])
    yield Cost.of("request with it", trial.tier, report["with"])


def _refuse(report: dict[str, Any]) -> None:
    for problem in report.get("problems", ()):
        raise NotMeasured(f"{problem['code']} {problem['message']}")
    if report.get("failed"):
        raise NotMeasured(report["failed"])


def _lines(subject: Subject, costs: Sequence[Cost]) -> Iterator[Text]:
    yield Text.assemble((subject.candidate.id, "bold"), f" {subject.candidate.version}")
    width = max((len(cost.what) for cost in costs), default=0)
    if costs:
        yield Text(f"  {'':<{width}}  {'tier':<8}{'p50':>10}{'p5':>10}{'p95':>10}{'p99':>10}{'most':>10}   µs", "dim")
    for cost in costs:
        figures = "".join(f"{value:>10.1f}" for value in (cost.p50, cost.p5, cost.p95, cost.p99, cost.most))
        yield Text(f"  {printable(cost.what):<{width}}  {cost.tier:<8}{figures}")
