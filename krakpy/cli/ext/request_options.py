"""The options that say which request an extension is tried with: the same for `ext test` and `ext bench`."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from krakpy.cli.ext.exchange import Asked
from krakpy.cli.ext.subject import TIERS, fields_of, text_of

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_JSON = (("Content-Type", "application/json"),)


def request_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`-X`, `--url`, `--endpoint`, `-H`, `-b`, `--answer`, `--answer-status` and `--answer-header`."""
    options: tuple[Decorator, ...] = (
        click.option("-X", "--method", default="GET", show_default=True, help="The request's method."),
        click.option("--url", "target", default="/test", show_default=True, help="Its path and query."),
        click.option("--endpoint", default="", help="The endpoint, where it is not the path: `/users/{id}`."),
        click.option("-H", "--header", "headers", multiple=True, metavar="FIELD", help="A field: `Name: value`."),
        click.option("-b", "--body", default="", metavar="TEXT", help="The request's body; `@FILE` is a file's text."),
        click.option("--answer", metavar="TEXT", help="What the backend answers; `@FILE` is a file's text."),
        click.option("--answer-status", type=int, default=200, show_default=True, help="Its status."),
        click.option("--answer-header", multiple=True, metavar="FIELD", help="A header field of it."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def trial_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--settings`, `--tier` and `--python`."""
    options: tuple[Decorator, ...] = (
        click.option("-s", "--settings", "given", metavar="JSON", help="Its settings; `@FILE` is a file's text."),
        click.option("--tier", type=click.Choice(TIERS), help="Where it runs; else where it usually does."),
        click.option("--python", metavar="FILE", help="The interpreter of another environment, for --tier venv."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def asked_from(options: dict[str, Any]) -> Asked:
    """The exchange that these options describe."""
    usual = Asked()
    answer = options["answer"]
    return Asked(
        method=options["method"].upper(),
        target=options["target"],
        endpoint=options["endpoint"],
        headers=fields_of(options["headers"]),
        body=text_of(options["body"]),
        answer=usual.answer if answer is None else text_of(answer),
        answer_status=options["answer_status"],
        answer_headers=dict(_JSON) | fields_of(options["answer_header"]),
    )
