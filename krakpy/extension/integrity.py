"""What a distribution's RECORD promises, and whether its files still keep that.

    content = content_of(folder)        # .../site-packages/acme_geo-1.0.0.dist-info
    content.digest                      # sha256:5b0c…: the same on every machine
    list(changes(folder, content))      # [Change("changed", "acme_geo/__init__.py")]
"""
from __future__ import annotations

import csv
import hashlib
import io
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import PathFinder, all_suffixes
from pathlib import Path
from typing import Any, Literal

#: what an installer writes about one installation: it differs between machines and is never imported
_OF_THE_INSTALLATION = frozenset({
    "INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_cache.json", "uv_build.json",
})  # fmt: skip
#: the algorithms that count as a promise (PEP 376 allows every one that hashlib guarantees)
_STRONG = frozenset({"sha256", "sha384", "sha512"})


class UnknownContent(Exception):
    """Nobody can say what belongs to a distribution; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a distribution consists of."""

    digest: str
    """Of the paths and hashes in RECORD, without what differs between machines."""
    files: Mapping[str, str]
    """The hash of each file that is part of the digest, as RECORD writes it (`sha256=…`)."""
    is_editable: bool = False
    """Whether its code lies in a folder that its author edits, of which RECORD says nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file that is not what RECORD says."""

    what: Literal["changed", "missing", "added", "shadowed"]
    path: str

    def __str__(self) -> str:
        return f"{self.path} {_SAID[self.what]}"


_SAID = {
    "changed": "has changed",
    "missing": "is missing",
    "added": "is not in RECORD",
    "shadowed": "would be imported instead: it stands before it on the module path",
}


def content_of(folder: Path) -> Content:
    """The content of the distribution whose metadata are in this folder; UnknownContent if RECORD does not say."""
    try:
        rows = list(csv.reader(io.StringIO((folder / "RECORD").read_text("utf-8"))))
    except (OSError, ValueError, csv.Error) as error:
        raise UnknownContent(f"its RECORD cannot be read ({type(error).__name__})") from error
    files = {row[0]: row[1] for row in rows if len(row) > 1 and _is_part(row[0], folder.name)}
    weak = sorted(path for path, hash in files.items() if hash.partition("=")[0] not in _STRONG)
    if not files or weak:
        raise UnknownContent(f"its RECORD has no hash of {weak[0] if weak else 'any file'}")
    text = "".join(f"{path},{hash}\n" for path, hash in sorted(files.items()))
    return Content(f"sha256:{hashlib.sha256(text.encode()).hexdigest()}", files, _is_editable(folder))


def changes(folder: Path, content: Content) -> Iterator[Change]:
    """Every file that differs from RECORD, and every module that lies among its files and is not in it."""
    site = folder.parent
    for path, hash in sorted(content.files.items()):
        found = _hash(site / path, hash.partition("=")[0])
        if found != hash:
            yield Change("changed" if found else "missing", path)
    yield from (Change("added", path) for path in sorted(_strangers(site, content)))


def shadows(folder: Path, content: Content) -> Iterator[Change]:
    """The files elsewhere that an import in this process would take instead of the distribution's own."""
    site = folder.parent
    for module in sorted(_modules(content)):
        # NOTE: of a name without dots the finder looks for files only; nothing is imported
        spec = PathFinder.find_spec(module)
        if spec is not None and spec.origin and not Path(spec.origin).is_relative_to(site):
            yield Change("shadowed", spec.origin)


def altered(pins: Mapping[str, str]) -> str:
    """The first difference between distributions (by the folder of their metadata) and their digests; empty: none."""
    for folder, digest in pins.items():
        try:
            content = content_of(Path(folder))
        except UnknownContent as error:
            return f"{Path(folder).name}: {error}"
        if content.digest != digest:
            return f"{Path(folder).name} is another build than the one that is locked"
        change = next(changes(Path(folder), content), None)
        if change is not None:
            return f"{Path(folder).name}: {change}"
    return ""


def _modules(content: Content) -> set[str]:
    """The names at the top of a distribution that can be imported; a namespace has no file of its own."""
    heads = (path.partition("/") for path in content.files if path.endswith(".py"))
    return {head.removesuffix(".py") for head, slash, rest in heads if not slash or rest == "__init__.py"}


def _is_part(path: str, metadata: str) -> bool:
    # NOTE: scripts, and what lies outside of site-packages, name the interpreter and differ with it; `.pyc` has no hash
    if path.startswith(("/", "..")) or "__pycache__" in path or path.endswith(".pyc"):
        return False
    folder, _, name = path.partition("/")
    return folder != metadata or name not in _OF_THE_INSTALLATION


def _is_editable(folder: Path) -> bool:
    try:
        origin: Any = json.loads((folder / "direct_url.json").read_text("utf-8"))
        return bool(origin.get("dir_info", {}).get("editable"))
    except (OSError, ValueError, AttributeError):
        return False


def _hash(path: Path, algorithm: str) -> str:
    """The hash of a file as RECORD writes it; empty if there is no such file."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, algorithm).digest()
    except OSError:
        return ""
    return f"{algorithm}={urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _strangers(site: Path, content: Content) -> Iterator[str]:
    """The modules that lie in a folder of the distribution's and are nobody's: an import would take them as its own."""
    suffixes = tuple(all_suffixes())
    for folder in {str(Path(path).parent) for path in content.files if path.endswith(suffixes)} - {"."}:
        for item in _listed(site / folder):
            path = f"{folder}/{item.name}"
            if item.name.endswith(suffixes) and path not in content.files:
                yield path


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
