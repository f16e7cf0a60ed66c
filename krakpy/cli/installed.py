"""The commands that installed packages add to `krakpy`, told from metadata alone and imported when they are called.

    commands()["openapi"]      # nothing of the package is imported yet
"""
from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

import click

GROUP = "krakpy.commands.v1"
GATES = ("KRAKPY_ENABLE_PLUGINS", "KRAKEND_ENABLE_PLUGINS")
_SHIPPED = Path(__file__).parents[1] / "extension" / "first_party.json"


def commands() -> dict[str, click.Command]:
    """The commands by name: of what is installed, and of what krakpy ships and is not."""
    shipped = json.loads(_SHIPPED.read_text("utf-8"))
    offers: dict[str, list[metadata.EntryPoint]] = {}
    for entry_point in _entry_points():
        offers.setdefault(entry_point.name, []).append(entry_point)
    missing = shipped["drivers"].get("commands", {})
    found: dict[str, click.Command] = {name: Missing(name, missing[name]) for name in missing.keys() - offers.keys()}
    return found | {name: Installed(name, found, shipped["distributions"]) for name, found in offers.items()}


def _entry_points() -> Iterator[metadata.EntryPoint]:
    for distribution in metadata.distributions():
        try:
            yield from distribution.entry_points.select(group=GROUP)
        except Exception:  # noqa: BLE001  # metadata may be anything; `krakpy ext doctor` names what is malformed
            continue


class Missing(click.Command):
    """A command of a package that is not installed: says which."""

    def __init__(self, name: str, distribution: str) -> None:
        super().__init__(name, hidden=True)
        self._distribution = distribution

    def make_context(self, *_: Any, **__: Any) -> NoReturn:
        refused(f"`krakpy {self.name}` is of the package {self._distribution}: pip install {self._distribution}")


class Installed(click.Command):
    """Gives its words to a package's command as they are."""

    def __init__(self, name: str, offers: list[metadata.EntryPoint], shipped: list[str]) -> None:
        names = sorted({_distribution(offer) for offer in offers})
        help = f"Of the package {' and '.join(names)}."
        settings = {"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []}
        words = click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)
        super().__init__(name, params=[words], short_help=help, context_settings=settings, callback=self._run)
        self._offers = offers
        self._names = names
        self._is_shipped = set(names) <= set(shipped)

    def _run(self, words: tuple[str, ...]) -> NoReturn:
        self._admit(os.environ)
        status = self._command().run(list(words), Workbench(f"krakpy {self.name}"))
        raise click.exceptions.Exit(status)

    def _admit(self, environ: Mapping[str, str]) -> None:
        if len(self._names) > 1:
            refused(f"{' and '.join(self._names)} both have a command `{self.name}`: uninstall one of them")
        if not self._is_shipped and not any(environ.get(gate) for gate in GATES):
            refused(f"`krakpy {self.name}` is code of a third party ({self._names[0]}): set {GATES[0]}=1 to run it")

    def _command(self) -> Any:
        try:
            return self._offers[0].load()(None)
        except Exception as error:  # noqa: BLE001  # an import may raise anything
            told = f"{type(error).__name__}: {error}"
            refused(f"the command of {self._names[0]} cannot be loaded: {told}: see `krakpy ext doctor`")


def _distribution(entry_point: metadata.EntryPoint) -> str:
    return entry_point.dist.name if entry_point.dist is not None else "?"


class Workbench:
    """What a command is given: `krakpy_sdk.drivers.Tools`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def configuration(self, path: str) -> Mapping[str, Any]:
        """The document of a file as it is written, of a template as it is rendered; LoadError if it cannot be read."""
        # PERF: only a command that reads a configuration pays for what reads them
        from krakpy_sdk import LoadError

        from krakpy.config.report import Report
        from krakpy.config.sources import find

        report = Report()
        source = find(Path(path), os.environ, report)
        document = None if source is None else source.document(report)
        for problem in report.problems:
            if problem.severity == "error" or document is None:
                raise LoadError(problem.message, place=problem.place, remedy=problem.remedy)
        assert document is not None, "a document that cannot be read is a problem"
        return document


def refused(message: str) -> NoReturn:
    """End the command with a sentence."""
    click.echo(f"krakpy: {message}", err=True)
    raise click.exceptions.Exit(1)
