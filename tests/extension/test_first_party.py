"""The list of krakpy's own packages says what their projects say, so that nobody else can be taken for one of them."""
import tomllib
from pathlib import Path

from krakpy.extension.catalog import first_party_distributions, known_drivers, known_packages

EXTENSIONS = Path(__file__).parents[2] / "extensions"
MIDDLEWARES = ("server", "router", "endpoint", "backend", "client")


def projects():
    return [tomllib.loads(path.read_text())["project"] for path in sorted(EXTENSIONS.glob("*/pyproject.toml"))]


def offered():
    """(family, name, distribution) of every entry point."""
    for project in projects():
        for group, entry_points in project.get("entry-points", {}).items():
            family = group.removeprefix("krakpy.").rpartition(".")[0]
            yield from ((family, name, project["name"]) for name in entry_points)


def test_every_package_that_we_ship_is_listed():
    assert first_party_distributions() == {"krakpy", *(project["name"] for project in projects())}


def test_every_driver_is_listed_with_its_package():
    drivers: dict[str, dict[str, str]] = {}
    for family, name, distribution in offered():
        if family not in (*MIDDLEWARES, "hooks", "drivers"):
            drivers.setdefault(family, {})[name] = distribution
    assert known_drivers() == drivers


def test_every_namespace_is_listed_with_its_package():
    namespaces = {name: package for family, name, package in offered() if family in MIDDLEWARES}
    assert known_packages() == {name.partition("@")[0]: package for name, package in namespaces.items()}
