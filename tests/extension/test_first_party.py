"""The list of krakpy's own packages says what their projects say, so that nobody else can be taken for one of them."""
import tomllib
from pathlib import Path

from krakpy.extension.catalog import first_party_distributions, known_drivers, known_packages

EXTENSIONS = Path(__file__).parents[2] / "extensions"
DRIVERS = ("merger", "transport", "decoder", "renderer", "discovery", "store", "loader")
MIDDLEWARES = ("server", "router", "endpoint", "backend", "client")


def projects():
    return [tomllib.loads(path.read_text())["project"] for path in sorted(EXTENSIONS.glob("*/pyproject.toml"))]


def offered(families):
    """(family, name, distribution) of every entry point in these families."""
    for project in projects():
        for group, entry_points in project.get("entry-points", {}).items():
            family = group.removeprefix("krakpy.").rpartition(".")[0]
            if family in families:
                yield from ((family, name, project["name"]) for name in entry_points)


def test_every_package_that_we_ship_is_listed():
    assert first_party_distributions() == {"krakpy", *(project["name"] for project in projects())}


def test_every_driver_is_listed_with_its_package():
    drivers: dict[str, dict[str, str]] = {}
    for family, name, distribution in offered(DRIVERS):
        drivers.setdefault(family, {})[name] = distribution
    assert known_drivers() == drivers


def test_every_namespace_is_listed_with_its_package():
    assert known_packages() == {name: distribution for _, name, distribution in offered(MIDDLEWARES)}
