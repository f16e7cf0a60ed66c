"""`packages.md`: every package that krakpy ships, and what it answers; read from the packages' projects."""
from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .first_party import EXTENSIONS
from .writing import code, document, table

INTRODUCTION = """
Everything but the core is a package of its own, and each is installed and left out alone: `pip install krakpy-cors`, or
`pip install 'krakpy[all]'` for all of them. A package that krakpy ships needs no gate to be opened. Its README has a
complete configuration, all keys, what differs from KrakenD, and what it costs.
"""


def page(folder: Path = EXTENSIONS) -> str:
    """The page."""
    paths = sorted(folder.glob("krakpy-*/pyproject.toml"))
    projects = [tomllib.loads(path.read_text("utf-8"))["project"] for path in paths]
    rows = [(code(project["name"]), project["description"], _offers(project)) for project in projects]
    return document("Packages", INTRODUCTION, table(("package", "what it is", "what it answers"), rows))


def _offers(project: dict[str, Any]) -> str:
    return ", ".join(dict.fromkeys(code(text) for text in _texts(project.get("entry-points", {})))) or "the contract"


def _texts(groups: dict[str, dict[str, str]]) -> Iterable[str]:
    for group, names in sorted(groups.items()):
        family = group.split(".")[1]
        for name in names:
            if family in ("server", "router", "endpoint", "backend", "client"):
                yield name.partition("@")[0]
            elif family != "drivers":
                yield f"{family} {name}"
