"""`krakpy ext test ID`: one request through one extension, and what it changed."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import click
from rich.text import Text

from krakpy.cli.documents import emit, listed
from krakpy.cli.ext.children import ChildFailed, reported
from krakpy.cli.ext.difference import changed
from krakpy.cli.ext.exchange import Asked, NoPlace, Trial
from krakpy.cli.ext.request_options import asked_from, request_options, trial_options
from krakpy.cli.ext.source import complete_id, settings_of
from krakpy.cli.ext.subject import Subject, settings_from, subject_of, tier_for
from krakpy.cli.options import config_option, json_option
from krakpy.cli.terminal import complain, line_of, say
from krakpy.extension.catalog import read_catalog
from krakpy.log_lines import printable

DEADLINE_S = 60.0
_COLOURS = {"+": "green", "-": "red"}


@click.command()
@click.argument("id", shell_complete=complete_id)
@config_option("Take the settings that this configuration gives the extension where it first uses it.")
@trial_options
@request_options
@json_option("krakpy.ext.test/1")
def test(*, id: str, path: str | None, given: str | None, tier: str | None, python: str | None, as_json: bool,
         **options: Any) -> None:  # fmt: skip
    """Send a request through one extension, and show what it changes: to the backend, and to the client.

    A whole gateway is started in a process of its own, without a socket: one endpoint, whose backend a script answers
    for. The request is sent twice, without the extension and with it. Settings come from --settings, else from the
    configuration. No gate keeps this command from trying: it is the operator's own word.

    Exit status: 0 the extension did its work, 1 it failed, or cannot be tried.

    The object of --json: `id`, `tier`, `ok`, `settings`, `before` and `after` (each with `backend`, the requests that
    reached it, and `client`, the answer), `diff` (lines), `took_s`, `log` (what the gateway said of it) and `problems`.
    """
    settings, asked = settings_of(path), asked_from(options)
    subject = subject_of(id, read_catalog(), settings, python=python)
    trial = subject.trial(tier_for(subject, tier), settings_from(given))
    found = {"problems": listed(subject.problems)} if subject.problems else exchanged(trial, asked)
    is_good = not found["problems"] and not any(record.get("code") for record in found["log"])
    if as_json:
        told = {"id": subject.candidate.id, "tier": trial.tier, "ok": is_good, "settings": trial.settings}
        emit("krakpy.ext.test/1", **told, **found)
    else:
        _show(subject, trial, found, is_good=is_good)
    raise click.exceptions.Exit(0 if is_good else 1)


def exchanged(trial: Trial, asked: Asked) -> dict[str, Any]:
    """What the backend and the client see without the extension and with it, and what it changed."""
    try:
        bare, full = (trial.configuration(asked, with_extension=present) for present in (False, True))
        job = {"bare": bare, "configuration": full, "asked": asdict(asked), "rounds": 0}
        report = reported(job, deadline_s=DEADLINE_S)
    except NoPlace as error:
        raise click.ClickException(str(error)) from error
    except ChildFailed as error:
        raise click.ClickException(f"{trial.candidate.id} did not come through: {error}") from error
    if "problems" in report:
        return {"problems": report["problems"], "log": report["log"]}
    before, after = report["before"], report["after"]
    shown = {"before": _seen(before), "after": _seen(after), "diff": list(changed(before, after))}
    return {**shown, "took_s": round(after["took_s"], 6), "log": report["log"], "problems": []}


def _seen(report: Mapping[str, Any]) -> dict[str, Any]:
    return {"backend": report["backend"], "client": report["client"]}


def _show(subject: Subject, trial: Trial, found: Mapping[str, Any], *, is_good: bool) -> None:
    candidate = subject.candidate
    complain(*map(line_of, subject.problems))
    if not subject.problems:
        complain(*(Text(f"{told['code']} {printable(told['message'])}") for told in found["problems"]))
    hooks = f"  {', '.join(subject.hooks)}" if subject.hooks else ""
    say(Text.assemble((candidate.id, "bold"), f" {candidate.version} in {trial.tier}{hooks}"))
    say(*(Text(printable(line), _COLOURS.get(line[0], "")) for line in found.get("diff", ())))
    say(*_records(found.get("log", ())))
    say(Text("it did its work", "green") if is_good else Text("it failed", "bold red"))


def _records(records: Any) -> Iterator[Text]:
    for record in records:
        code = f"{record['code']} " if record.get("code") else ""
        yield Text(f"  {record['level'].lower()}  {code}{printable(record['message'])}")
