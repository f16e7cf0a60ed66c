"""`krakpy audit`: its words; what it looks for is in `rules`."""
from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from krakpy.cli.options import config_option, json_option, required

if TYPE_CHECKING:
    from krakpy.cli.audit.rule import Recommendation
    from krakpy.cli.audit.template import Template

LEVELS = ("LOW", "MEDIUM", "HIGH", "CRITICAL")


@click.command()
@config_option()
@click.option("-i", "--ignore", "ignored", metavar="RULES", default="", help="Rules to leave out: `1.1.1,K.5.2`.")
@click.option(
    "-I", "--ignore-file", metavar="FILE", type=click.Path(), help="A file of rules to leave out, one a line."
)
@click.option(
    "-s", "--severity", "severities", metavar="SEVERITIES", default=",".join(reversed(LEVELS)), show_default=True,
    help="The severities that count; NONE: no one.",
)
@click.option(
    "--threshold", type=click.Choice(LEVELS, case_sensitive=False), default=LEVELS[0], show_default=True,
    help="The least severity that counts.",
)
@click.option("-f", "--format", "template", metavar="TEMPLATE", help="A template in Go's manner, instead of lines.")
@json_option("krakpy.audit/1")
def audit(
    *,
    path: str | None,
    ignored: str,
    ignore_file: str | None,
    severities: str,
    threshold: str,
    template: str | None,
    as_json: bool,
) -> None:
    """Recommend what would make a configuration safer: KrakenD's rules, and krakpy's own (`K.…`).

    Recommendations are printed on standard error, a line each: rule, severity, message, with tabs between them, and
    the places that are meant. What is ignored or below the threshold is neither shown nor counted.

    Exit status: 0 nothing is recommended, 1 something is, or the configuration cannot be read.

    A template may use `{{range .Recommendations}}`, `{{.Rule}}`, `{{.Severity}}`, `{{.Message}}`, `{{if}}`, `{{else}}`,
    `{{end}}`, `{{marshal .}}` and `{{colored .Severity}}`; more than that is refused by its name.

    The object of --json: `file`, `ok`, and `recommendations`, each with `rule`, `severity`, `message` and `places`.
    """
    path = required(path)
    if as_json and template:
        raise click.UsageError("--json and -f exclude one another")
    # PERF: the models and the extension manager take 0.2 s to import, which `krakpy --help` need not wait for
    from krakpy.cli.audit.auditing import ignored_rules, severities_of
    from krakpy.cli.audit.template import Template, TemplateError

    try:
        counted = severities_of(severities, threshold)
        shown = Template(template) if template else None
    except TemplateError as error:
        raise click.UsageError(f"-f: {error}") from error
    except ValueError as error:
        raise click.UsageError(f"-s: {error}") from error
    left_out = ignored_rules(ignored, _lines(ignore_file))
    found = _found(path, left_out, counted)
    _show(path, found, shown, as_json=as_json)
    raise click.exceptions.Exit(1 if found else 0)


def _lines(ignore_file: str | None) -> list[str]:
    if not ignore_file:
        return []
    try:
        return Path(ignore_file).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        _refuse(f"the file {ignore_file} cannot be read: {error}")


def _found(path: str, ignored: frozenset[str], severities: frozenset[str]) -> tuple[Recommendation, ...]:
    from krakpy.cli.audit.audited import look
    from krakpy.cli.audit.auditing import recommended
    from krakpy.cli.terminal import refuse
    from krakpy.errors import ConfigurationError

    try:
        return recommended(look(path, os.environ), ignored=ignored, severities=severities)
    except ConfigurationError as error:
        refuse(path, error.problems)


def _show(path: str, found: Sequence[Recommendation], template: Template | None, *, as_json: bool) -> None:
    from krakpy.cli.audit import showing
    from krakpy.cli.audit.template import TemplateError

    if as_json:
        showing.show_json(path, found)
    elif template is None:
        showing.show(found)
    else:
        try:
            showing.show_as(template, found)
        except TemplateError as error:
            _refuse(f"-f: {error}")


def _refuse(message: str) -> NoReturn:
    click.echo(f"krakpy: {message}", err=True)
    raise click.exceptions.Exit(1)
