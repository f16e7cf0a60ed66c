"""`krakpy version`: what is installed, for a report of a mistake."""
from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of

import click

from krakpy import __version__
from krakpy.cli.documents import emit
from krakpy.cli.options import json_option

#: the libraries whose versions explain most surprises
LIBRARIES = ("gunicorn", "uvloop", "httptools", "falcon", "msgspec", "stevedore")


@click.command()
@json_option("krakpy.version/1")
def version(*, as_json: bool) -> None:
    """Print the versions of krakpy, Python, the platform and what krakpy stands on.

    The object of --json: `krakpy`, `python`, `implementation`, `platform`, `sdk`, `libraries` (name to version).
    """
    libraries = {name: _installed(name) for name in LIBRARIES}
    python, sdk = platform.python_version(), _installed("krakpy-sdk")
    implementation, system = platform.python_implementation(), platform.platform()
    if as_json:
        emit(
            "krakpy.version/1", krakpy=__version__, python=python, implementation=implementation, platform=system,
            sdk=sdk, libraries=libraries,
        )
        return
    click.echo(f"krakpy {__version__}\nPython {python} ({implementation})\nplatform {system}\nkrakpy-sdk {sdk}")
    for name, number in libraries.items():
        click.echo(f"{name} {number}")


def _installed(distribution: str) -> str:
    try:
        return version_of(distribution)
    except PackageNotFoundError:
        return "not installed"
