"""Changes of a document, compiled from a backend's settings to one function.

    shape = shaper(settings)            # target "data", allow ["id"], group "user"
    shape({"data": {"id": 1, "b": 2}})  # {"user": {"id": 1}}

The order is `target`, then `allow` or else `deny`, then `mapping`, then `group` (KrakenD: entity formatter). A flatmap
filter stands in place of `allow`, `deny` and `mapping`. A document is never changed in place, since others may hold it:
changed objects are new, the rest is shared.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from krakpy_sdk import BackendSettings

from krakpy.encoding.flatmap import Operation, flatmap

Document = dict[str, Any]
Change = Callable[[Document], Document]
Shape = Callable[[Document | None], Document | None]


class HasFlatmap(Protocol):
    """`extra_config.proxy`, as far as it counts here."""

    @property
    def flatmap_filter(self) -> Sequence[Operation]: ...


class ShapedSettings(BackendSettings, Protocol):
    """A backend that tells how its documents are reshaped."""

    @property
    def proxy(self) -> HasFlatmap: ...


def shaper(settings: ShapedSettings) -> Shape:
    """What `target`, `allow`, `deny`, `mapping`, `flatmap_filter` and `group` do together."""
    steps = tuple(_steps(settings))
    if len(steps) == 1:
        return steps[0]

    def shape(document: Document | None) -> Document | None:
        for step in steps:
            document = step(document)
        return document

    return shape


def _steps(settings: ShapedSettings) -> Iterator[Shape]:
    if settings.target:
        yield _target(settings.target)
    filtered = flatmap(settings.proxy.flatmap_filter)
    if filtered is None:
        yield from _manipulations(settings)
    else:
        yield filtered
    if settings.group:
        yield _group(settings.group)


def _manipulations(settings: BackendSettings) -> Iterator[Shape]:
    if settings.allow:
        yield _where_there_is_something(_keep(_tree_of_allowed(settings.allow)))
    elif settings.deny:
        yield _where_there_is_something(_drop(_tree_of_denied(settings.deny)))
    if settings.mapping:
        yield _where_there_is_something(_rename(settings.mapping))


def _where_there_is_something(change: Change) -> Shape:
    return lambda document: change(document) if document else document


def _target(path: str) -> Shape:
    """The object at a dotted path; an empty one where there is none."""
    names = path.split(".")

    def target(document: Document | None) -> Document | None:
        inner: Any = document
        for name in names:
            inner = inner.get(name) if isinstance(inner, dict) else None
        return inner if isinstance(inner, dict) else {}

    return target


def _group(name: str) -> Shape:
    """An object with the document, even an empty one or none, under a name."""
    return lambda document: {name: document}


def _rename(mapping: Mapping[str, str]) -> Change:
    """Top-level keys renamed, one after the other in the order of the configuration.

    A new name ends at its first dot and replaces a key that is there already. NOTE: renaming a key to itself deletes it
    (KrakenD: sets the new name, then deletes the old one; its order is random).
    """
    names = tuple((old, new.partition(".")[0]) for old, new in mapping.items())

    def rename(document: Document) -> Document:
        renamed = dict(document)
        for old, new in names:
            if old in renamed:
                renamed[new] = renamed[old]
                del renamed[old]
        return renamed

    return rename


class _Tree(dict[str, "_Tree | None"]):
    """Dotted paths as a tree; None stands for what a path ends at."""


def _tree_of_allowed(paths: Iterable[str]) -> _Tree:
    """A later path replaces what an earlier one says: `a`, `a.b` is `a.b`, and `a.b`, `a` is `a`."""
    root = _Tree()
    for path in paths:
        *parents, leaf = path.split(".")
        branch = root
        for name in parents:
            inner = branch.get(name)
            if inner is None:
                inner = branch[name] = _Tree()
            branch = inner
        branch[leaf] = None
    return root


def _tree_of_denied(paths: Iterable[str]) -> _Tree:
    """A path covers everything below it, whichever stands first."""
    covering: list[str] = []
    for path in sorted(paths, key=len):
        if not any(path == parent or path.startswith(f"{parent}.") for parent in covering):
            covering.append(path)
    return _tree_of_allowed(covering)


def _keep(tree: _Tree) -> Change:
    """Only the leaves of the tree, with the objects on the way to them; nothing inside of arrays is looked at."""
    leaves = tuple(name for name, inner in tree.items() if inner is None)
    branches = tuple((name, _keep(inner)) for name, inner in tree.items() if inner is not None)

    def keep(document: Document) -> Document:
        kept = {name: document[name] for name in leaves if name in document}
        for name, inner in branches:
            value = document.get(name)
            if isinstance(value, dict) and (value := inner(value)):
                kept[name] = value
        return kept

    return keep


def _drop(tree: _Tree) -> Change:
    """All but the leaves of the tree; objects stay even if nothing is left in them."""
    leaves = tuple(name for name, inner in tree.items() if inner is None)
    branches = tuple((name, _drop(inner)) for name, inner in tree.items() if inner is not None)

    def drop(document: Document) -> Document:
        rest = dict(document)
        for name in leaves:
            rest.pop(name, None)
        for name, inner in branches:
            value = rest.get(name)
            if isinstance(value, dict):
                rest[name] = inner(value)
        return rest

    return drop
