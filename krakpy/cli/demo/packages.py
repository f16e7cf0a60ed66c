"""Two distributions as pip would have installed them, in a folder of their own.

    install(Path("site"))      # site/acme_greeter.py, site/acme_greeter-1.0.0.dist-info/…
"""
from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple


class Package(NamedTuple):
    """One distribution with one hook in one module."""

    distribution: str
    name: str
    target: str


PACKAGES = (
    Package("acme-greeter", "greeter", "acme_greeter:Greeter"),
    Package("acme-scorer", "scorer", "acme_scorer:Scorer"),
)
VERSION = "1.0.0"


def install(site: Path) -> None:
    """Write both distributions into a folder that is put on PYTHONPATH."""
    for package in PACKAGES:
        _install(package, site)


def _install(package: Package, site: Path) -> None:
    module = package.target.partition(":")[0]
    source = files("krakpy.cli.demo").joinpath("extensions", f"{module}.py").read_text("utf-8")
    folder = site / f"{module}-{VERSION}.dist-info"
    folder.mkdir(parents=True)
    (site / f"{module}.py").write_text(source, "utf-8")
    for name, text in _metadata(package).items():
        (folder / name).write_text(text, "utf-8")


def _metadata(package: Package) -> dict[str, str]:
    """What a wheel says of itself: who it is and, in `entry_points.txt`, which extension it offers."""
    return {
        "METADATA": (
            f"Metadata-Version: 2.1\nName: {package.distribution}\nVersion: {VERSION}\n"
            f"Summary: The {package.name} of krakpy's demo\nRequires-Dist: krakpy-sdk>=1.0,<2\n"
        ),
        "entry_points.txt": f"[krakpy.hooks.v1]\n{package.name} = {package.target}\n",
        "INSTALLER": "krakpy demo\n",
    }
