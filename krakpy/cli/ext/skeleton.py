"""The files of a new extension, complete and tested.

    for path, text in files_of(Package("acme-geo", "hook")).items(): ...
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from string import Template
from typing import Literal

from packaging.utils import canonicalize_name

Kind = Literal["hook", "middleware", "driver"]
KINDS: tuple[Kind, ...] = ("hook", "middleware", "driver")

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_.][A-Za-z0-9]+)*")
_GROUPS = {"hook": "krakpy.hooks.v1", "middleware": "krakpy.backend.v1", "driver": "krakpy.decoder.v1"}
#: what a skeleton calls by these names already
_TAKEN = frozenset({
    "BackendMiddleware", "BackendSettings", "Config", "ConfigError", "Decoder", "Extension", "Headers", "Patch",
    "Proxy", "Refused", "Request", "Response", "Settings", "Any", "Iterator",
})  # fmt: skip
#: where each file of a skeleton goes; `{module}` is the package's
_PLACES = {
    "every/pyproject.toml.txt": "pyproject.toml",
    "every/LICENSE.txt": "LICENSE",
    "every/gitignore.txt": ".gitignore",
    "{kind}/README.md.txt": "README.md",
    "{kind}/package.py.txt": "src/{module}/__init__.py",
    "{kind}/test.py.txt": "tests/test_{module}.py",
}


class BadName(Exception):
    """The name cannot be one of a package's; the text says why."""


@dataclass(frozen=True, slots=True)
class Package:
    """A new package: everything follows from its name and its kind."""

    name: str
    kind: Kind

    @property
    def distribution(self) -> str:
        """What `pip install` calls it."""
        return canonicalize_name(self.name)

    @property
    def module(self) -> str:
        """What `import` calls it."""
        return self.distribution.replace("-", "_")

    @property
    def extension(self) -> str:
        """What configurations call it: `geo` of `acme-geo`, and the namespace `acme/geo` of a middleware."""
        first, _, rest = self.distribution.partition("-")
        if self.kind == "middleware":
            return f"{first}/{rest or first}"
        return rest or first

    @property
    def class_name(self) -> str:
        """`AppVersion` of `acme-app-version`."""
        words = self.extension.rpartition("/")[2].split("-")
        name = "".join(word.capitalize() for word in words)
        # NOTE: a class cannot begin with a digit, nor be called like what it imports or settles
        return f"The{name}" if not name[0].isalpha() or name in _TAKEN else name

    @property
    def settings_name(self) -> str:
        """The class of its settings: other than its attribute `Config`, where it has one."""
        return "Config" if self.kind == "hook" else "Settings"

    @property
    def words(self) -> dict[str, str]:
        """What stands for the placeholders of a skeleton."""
        exports = sorted((self.settings_name, self.class_name))
        return {
            "distribution": self.distribution,
            "module": self.module,
            "name": self.extension,
            "class_name": self.class_name,
            "exports": ", ".join(exports),
            "quoted": ", ".join(f'"{name}"' for name in exports),
            "summary": self.extension.rpartition("/")[2].replace("-", " ").capitalize(),
            "group": _GROUPS[self.kind],
            "year": str(datetime.now(UTC).year),
        }


def files_of(package: Package) -> dict[str, str]:
    """The text of each file by its path in the package's folder; BadName if there can be no such package."""
    if not _NAME.fullmatch(package.name):
        raise BadName(f"{package.name!r} is no name of a package: letters and digits, with dashes between them")
    if package.distribution.partition("-")[0] == "krakpy":
        raise BadName("names that begin with krakpy are for krakpy's own packages: begin with your own name")
    folder = files("krakpy.cli.ext").joinpath("skeletons")
    found = {f"src/{package.module}/py.typed": ""}
    for source, target in _PLACES.items():
        text = folder.joinpath(source.format(kind=package.kind)).read_text("utf-8")
        found[target.format(module=package.module)] = Template(text).substitute(package.words)
    return found
