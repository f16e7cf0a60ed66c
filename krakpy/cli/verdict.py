"""Shows what `krakpy check` found, to people and to programs."""
from __future__ import annotations

import os

import click

from krakpy.cli.checking import Findings
from krakpy.cli.documents import emit, listed
from krakpy.cli.dump import outline, redacted
from krakpy.cli.opened import opened
from krakpy.cli.tiers import tiers
from krakpy.config.settings import ServiceSettings


def show(findings: Findings, detail: int, indent: str) -> None:
    """For people: what was understood if they want to see it, every problem on a line of its own, the verdict."""
    if findings.settings is not None and detail:
        depths = opened(findings.settings, os.environ)
        click.echo("\n".join(outline(findings.settings, detail, indent, depths, tiers(findings.settings, os.environ))))
    if findings.problems:
        _show_problems(findings)
    if findings.is_good:
        click.secho("Syntax OK!", fg="green")


def show_json(findings: Findings, detail: int) -> None:
    """For programs: the object `krakpy.check/1`."""
    understood = {} if findings.settings is None or not detail else _understood(findings.settings)
    emit(
        "krakpy.check/1", file=findings.path, ok=findings.is_good, tested=findings.is_tested,
        problems=listed(findings.problems), **understood,
    )


def _understood(settings: ServiceSettings) -> dict[str, object]:
    opens = {place: depth.as_dict() for place, depth in opened(settings, os.environ).items()}
    return {"configuration": redacted(settings), "opens": opens, "hooks": tiers(settings, os.environ)}


def _show_problems(findings: Findings) -> None:
    # PERF: rich takes 0.05 s to import, and a good configuration does not need it
    from krakpy.cli.terminal import complain, line_of, refusal

    if not findings.is_good:
        complain(refusal(findings.path, findings.problems, "does not pass"))
    complain(*map(line_of, findings.problems))
