"""`first_party.json`: what krakpy ships, and which of its packages answers what; read from the packages' projects."""
from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

EXTENSIONS = Path(__file__).parents[2] / "extensions"
SEATS = ("server", "router", "endpoint", "backend", "client")
#: groups that hold no drivers
OTHERS = (*SEATS, "hooks", "drivers")


def text(folder: Path = EXTENSIONS) -> str:
    """The file: the distributions by name, the namespaces and the drivers with the distribution that has them."""
    projects = [tomllib.loads(path.read_text("utf-8"))["project"] for path in sorted(folder.glob("*/pyproject.toml"))]
    namespaces: dict[str, str] = {}
    drivers: dict[str, dict[str, str]] = {}
    for distribution, family, name in (offer for project in projects for offer in _offers(project)):
        if family in SEATS:
            namespaces[name.partition("@")[0]] = distribution
        elif family not in OTHERS:
            drivers.setdefault(family, {})[name] = distribution
    shipped = {
        "distributions": ["krakpy", *(project["name"] for project in projects)],
        "namespaces": namespaces,
        "drivers": drivers,
    }
    return json.dumps(shipped, indent=2, sort_keys=True) + "\n"


def _offers(project: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for group, entry_points in project.get("entry-points", {}).items():
        prefix, family, _ = group.split(".")
        if prefix == "krakpy":
            yield from ((project["name"], family, name) for name in entry_points)
