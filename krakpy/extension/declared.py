"""The part of a document that an extension declares with `paths`: for a hook all that it sees and may change.

    look_at("hooks", Geo).paths                                 # ("user.name", "tags")
    part = Part(("user.name", "tags"))
    part.of({"user": {"name": "Ada", "id": 7}, "rows": []})     # {"user": {"name": "Ada"}}
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from krakpy_sdk import ContractError, Patch
from krakpy_sdk.extension import hooks_of

_ON_DATA = ("set_data", "remove_data")


def paths_of(loaded: Any) -> tuple[str, ...] | None:
    """The dotted paths that a class declares; None for the whole document."""
    paths = getattr(loaded, "paths", None)
    return None if paths is None else tuple(paths)


class Look(NamedTuple):
    """What a class says of itself."""

    paths: tuple[str, ...] | None
    """The part of documents that it looks at; None: everything."""

    hooks: tuple[str, ...] = ()
    """The hooks that it has."""


def look_at(family: str, loaded: Any) -> Look:
    """What a class of this family says. A decoder that cannot leave parts of a body unopened reads all of it."""
    if family == "decoder":
        return Look(() if callable(getattr(loaded, "partial", None)) else None)
    return Look(paths_of(loaded), hooks_of(loaded) if family == "hooks" else ())


class _Tree(dict[str, "_Tree | None"]):
    """Dotted paths as a tree; None stands for what a path ends at."""


class Part:
    """The values at some paths, with everything in them. Paths go through objects only."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._paths = paths
        self._tree = _Tree()
        # NOTE: the shortest come last, since a path covers everything below it
        for path in sorted(paths, key=len, reverse=True):
            *above, last = path.split(".")
            branch = self._tree
            for name in above:
                inner = branch.get(name)
                if inner is None:
                    inner = branch[name] = _Tree()
                branch = inner
            branch[last] = None

    def of(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """This part of a document; the values are shared with it."""
        return _kept(document, self._tree)

    def check(self, patch: Patch) -> None:
        """ContractError for a patch of what is no part of it."""
        for name, path, *_ in (change for change in patch.changes if change[0] in _ON_DATA):
            if not any(path == own or path.startswith(f"{own}.") for own in self._paths):
                raise ContractError(f"{name} of {path!r}, which is not in its `paths`")


def _kept(document: Mapping[str, Any], tree: _Tree) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, inner in tree.items():
        value = document.get(name)
        if inner is None and name in document:
            kept[name] = value
        elif inner is not None and isinstance(value, Mapping):
            kept[name] = _kept(value, inner)
    return kept
