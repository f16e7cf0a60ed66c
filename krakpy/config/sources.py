"""The text of a configuration: the file as it is or, with flexible configuration, what a template makes of it.

    source = find(Path("krakend.json"), os.environ, report)
    source.document(report)
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
from krakpy_sdk import LoadedText, LoadError

from krakpy.codes import Code
from krakpy.config import documents
from krakpy.config.report import Report
from krakpy.errors import Problem

TEMPLATES = "FC_ENABLE"
"""The variable that switches KrakenD's flexible configuration on."""

# SECURITY: it runs before a configuration can open a gate, so nobody else's will do
PACKAGE = "krakpy-templates"
"""Who renders templates."""

_GROUP = "krakpy.loader.v1"
LONG = 120
"""How many characters of a rendered line are shown."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A text that is to be read."""

    name: str
    """Its suffix tells the format."""

    content: bytes

    rendered: LoadedText | None = None
    """What a template was made into; None for a file that is read as it is."""

    @property
    def digest(self) -> str:
        """`sha256:…` of the text."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"

    def document(self, report: Report) -> dict[str, Any] | None:
        """What the text says, or None when the report says why it cannot be read."""
        if self.rendered is None:
            return documents.parse(self.name, self.content, report)
        found = Report()
        document = documents.parse(self.name, self.content, found)
        for problem in found.problems:
            report.add(_traced(problem, self.name, self.rendered))
        return document


def find(path: Path, environ: Mapping[str, str], report: Report, *, package: str = PACKAGE) -> Source | None:
    """The text of a file, or None when the report says why there is none; `package` renders templates."""
    if environ.get(TEMPLATES):
        return _render(path, environ, report, package)
    try:
        return Source(name=str(path), content=path.read_bytes())
    except OSError as error:
        report.error(Code.SYNTAX, str(path), f"the file cannot be read: {error.strerror}", "Name a file that is there.")
        return None


def _render(path: Path, environ: Mapping[str, str], report: Report, package: str) -> Source | None:
    load = _loader(report, package)
    if load is None:
        return None
    try:
        loaded = load(str(path), environ)
    except LoadError as error:
        shown = f"{error}: {error.excerpt}" if error.excerpt else str(error)
        report.error(Code.SYNTAX, error.place or str(path), shown, error.remedy)
        return None
    for warning in loaded.warnings:
        report.warning(Code.IGNORED, str(path), warning)
    return Source(name=loaded.name, content=loaded.text.encode("utf-8", "surrogateescape"), rendered=loaded)


def _loader(report: Report, package: str) -> Callable[[str, Mapping[str, str]], LoadedText] | None:
    try:
        entry_points = metadata.distribution(package).entry_points
    except metadata.PackageNotFoundError:
        message = f"{TEMPLATES} says that the file is a template, and no package that renders templates is installed"
        report.error(Code.NOT_INSTALLED, TEMPLATES, message, f"pip install {package}")
        return None
    try:
        for entry_point in entry_points.select(group=_GROUP):
            loader: Any = entry_point.load()
            return loader(None).load  # type: ignore[no-any-return]  # what an entry point holds has no type
    except ImportError as error:
        code = Code.MODULE_MISSING if isinstance(error, ModuleNotFoundError) else Code.IMPORT_RAISED
        report.error(code, package, f"it cannot be imported: {error}", f"pip install --force-reinstall {package}")
        return None
    report.error(Code.BAD_ENTRY_POINT, package, f"it offers nothing in {_GROUP}", f"Reinstall {package}.")
    return None


def _traced(problem: Problem, name: str, rendered: LoadedText) -> Problem:
    """A problem of the rendered text, with what is written there and the template that it comes from."""
    numbers = problem.place.removeprefix(f"{name}:").split(":")
    if not problem.place.startswith(name) or len(numbers) != 2 or not all(map(str.isdecimal, numbers)):
        return problem
    line, column = map(int, numbers)
    lines = rendered.text.split("\n")
    shown = lines[line - 1] if line <= len(lines) else ""
    start = max(column - LONG // 2, 0)
    excerpt = shown[start : start + LONG].strip()
    origin = rendered.origin(line, column)
    where = f" (from {origin})" if origin else ""
    message = f"{problem.message}{where}: {excerpt}"
    return Problem(problem.code, problem.place, message, rendered.remedy or problem.remedy, problem.severity)
