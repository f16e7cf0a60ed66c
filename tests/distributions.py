"""Tiny real distributions, as pip leaves them in a folder or as wheels: metadata, record and modules.

    site = Site(tmp_path)
    site.add("acme-geo", hooks={"geo": "acme_geo:Geo"}, modules={"acme_geo.py": SOURCE})
    site.catalog().find(("hooks",), "geo")
"""
from __future__ import annotations

import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import distribution, distributions
from pathlib import Path
from typing import Any

from krakpy.extension.catalog import Catalog, read_catalog

#: what a package needs of krakpy
SDK = ("krakpy-sdk>=1.0,<2",)

#: a hook that works
HOOK = """
from krakpy_sdk import Extension, Patch

class Hook(Extension):
    def endpoint_request(self, request):
        return Patch().set_header("X-Hook", "yes")
"""

Targets = Mapping[str, str]


@dataclass(frozen=True)
class Package:
    """The files of one distribution, by their path in site-packages."""

    name: str
    version: str
    files: Mapping[str, bytes]
    has_record: bool = True

    @property
    def stem(self) -> str:
        """How files and folders of the distribution begin: `acme_geo-1.0.0`."""
        return f"{self.name.replace('-', '_')}-{self.version}"

    @property
    def recorded(self) -> dict[str, bytes]:
        """All files, and the RECORD that lists them."""
        if not self.has_record:
            return dict(self.files)
        path = f"{self.stem}.dist-info/RECORD"
        lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in self.files.items()]
        return {**self.files, path: "\n".join([*lines, f"{path},,", ""]).encode()}


def package(
    name: str,
    version: str = "1.0.0",
    *,
    entry_points: Mapping[str, Targets] | None = None,
    modules: Mapping[str, str | bytes] | None = None,
    requires: Iterable[str] = SDK,
    metadata: bytes | None = None,
    entry_points_text: bytes | None = None,
    record: bool = True,
    **families: Targets,
) -> Package:
    """A distribution. `hooks={"geo": "acme_geo:Geo"}` stands for the group `krakpy.hooks.v1`, and so every family.

    `metadata` and `entry_points_text` replace the two files by these bytes; empty bytes leave them out.
    """
    groups = {f"krakpy.{family}.v1": targets for family, targets in families.items()} | dict(entry_points or {})
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    files = {path: _bytes(source) for path, source in (modules or {}).items()}
    files[f"{info}/METADATA"] = _metadata(name, version, requires) if metadata is None else metadata
    files[f"{info}/entry_points.txt"] = _entry_points(groups) if entry_points_text is None else entry_points_text
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    return Package(name, version, {path: content for path, content in files.items() if content}, record)


class Site:
    """A folder of installed distributions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(exist_ok=True)

    def add(self, name: str, version: str = "1.0.0", **parts: Any) -> Package:
        """Install a distribution; the keywords are those of `package`."""
        added = package(name, version, **parts)
        for path, content in added.recorded.items():
            self._write(path, content)
        self._write(f"{added.stem}.dist-info/INSTALLER", b"pip\n")
        return added

    def catalog(self, *, with_krakpy: bool = False) -> Catalog:
        """What krakpy finds here; and in itself, if asked."""
        installed = list(distributions(path=[str(self.path)]))
        return read_catalog([distribution("krakpy"), *installed] if with_krakpy else installed)

    def _write(self, path: str, content: bytes) -> None:
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def wheel(folder: Path, name: str, version: str = "1.0.0", **parts: Any) -> Path:
    """A wheel that `pip install --no-index --no-deps` takes; the keywords are those of `package`."""
    built = package(name, version, **parts)
    path = folder / f"{built.stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in built.recorded.items():
            archive.writestr(name, content)
    return path


def _metadata(name: str, version: str, requires: Iterable[str]) -> bytes:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    return "\n".join([*lines, *(f"Requires-Dist: {text}" for text in requires), ""]).encode()


def _entry_points(groups: Mapping[str, Targets]) -> bytes:
    sections = [
        "\n".join([f"[{group}]", *(f"{name} = {target}" for name, target in targets.items())])
        for group, targets in groups.items()
    ]
    return ("\n\n".join(sections) + "\n").encode()


def _bytes(source: str | bytes) -> bytes:
    return source.encode() if isinstance(source, str) else source


def _digest(content: bytes) -> str:
    return urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
