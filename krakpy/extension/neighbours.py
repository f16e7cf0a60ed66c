"""What neighbouring packages and folders do to the code that is about to load: told from file names alone.

Both are warnings: the operator may mean it, and namespace packages share files for good reasons.
"""
from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path

from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, name_of


def overlaps(candidates: Iterable[Candidate], installed: Iterable[Distribution] | None = None) -> Iterator[Problem]:
    """The files of these extensions that another distribution claims too (RECORD)."""
    owners = {file: c.distribution for c in candidates if c.entry_point.dist for file in _files(c.entry_point.dist)}
    for other in distributions() if installed is None else installed:
        name = name_of(other)
        shared = sorted(file for file in _files(other) if owners.get(file, name) != name)
        if shared:
            owner, more = owners[shared[0]], f" and {len(shared) - 1} more" if len(shared) > 1 else ""
            message = f"{shared[0]}{more} belongs to {name} too: whichever was installed last has overwritten it"
            yield Problem(Code.OVERLAP, owner, message, f"pip uninstall {name}, or reinstall {owner}", "warning")


def shadows(path: Sequence[str] | None = None) -> Iterator[Problem]:
    """The files on the module path that stand before Python's own module of that name (PYTHONPATH, mostly)."""
    for entry in path or sys.path:
        if entry == sysconfig.get_path("stdlib"):
            return
        folder = entry or "."
        for name in sorted(_modules(Path(folder)) & sys.stdlib_module_names):
            message = f"a module {name!r} in this folder stands before Python's own"
            yield Problem(Code.SHADOWED, folder, message, f"rename it, or take {folder} off PYTHONPATH", "warning")


def _files(distribution: Distribution) -> set[str]:
    """The installed files of a distribution that are code of its own."""
    try:
        record = distribution.read_text("RECORD") or ""
    except (OSError, ValueError):
        return set()
    files = {line.partition(",")[0] for line in record.splitlines()}
    return {file for file in files if file and "__pycache__" not in file and ".dist-info/" not in file}


def _modules(folder: Path) -> set[str]:
    try:
        return {item.name.removesuffix(".py") for item in folder.iterdir() if item.suffix == ".py" or _is_package(item)}
    except OSError:
        return set()


def _is_package(item: Path) -> bool:
    return (item / "__init__.py").is_file()
