"""Flatmap filters: operations that move, delete and append values anywhere in a document, arrays included.

    change = flatmap((FlatmapOperation(type="move", args=("rows.*.p", "rows.*.path")),))
    change({"rows": [{"p": 1}, {}]})        # {"rows": [{"path": 1}, {}]}

Paths are dotted, arrays have their indices as keys, and `*` stands for every key (KrakenD: `flatmap_filter`). All
operations of a filter see one tree: an item keeps its index until the last of them is done. What loses its last value
becomes null, and a document that nothing is left of is none. A document is never changed in place, since others may
hold it.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from krakpy.encoding.branches import EVERY, Branch, Path, closed, reached, value_at

Document = dict[str, Any]
Change = Callable[[Document | None], Document | None]


class Operation(Protocol):
    """One step of a filter; a type that is not known does nothing."""

    @property
    def type(self) -> str: ...
    @property
    def args(self) -> Sequence[str]: ...


def flatmap(operations: Iterable[Operation]) -> Change | None:
    """What the operations do, one after the other; None if there are none. ValueError for a path that is missing."""
    named = [operation for operation in operations if operation.type]
    steps = tuple(step for operation in named for step in _steps(operation))

    def change(document: Document | None) -> Document | None:
        if not document:
            return document
        root = Branch(document)
        for step in steps:
            step(root)
        changed: Document | None = closed(root)
        return changed

    return change if named else None


Step = Callable[[Branch], None]


def _steps(operation: Operation) -> Iterator[Step]:
    paths = [tuple(path.split(".")) for path in operation.args]
    if operation.type == "del":
        yield from map(_deletion, paths)
    elif operation.type in ("append", "move"):
        source, target = paths[:2]
        yield _movement(source, target) if operation.type == "move" else _appending(source, target)


def _deletion(path: Path) -> Step:
    """The values at a path are taken out; items of an array close up."""
    above, last = path[:-1], path[-1]

    def delete(root: Branch) -> None:
        for branch, _ in reached(root, above):
            if last == EVERY:
                branch.clear()
            elif last in branch.labels:
                branch.take(last)

    return delete


def _appending(source: Path, target: Path) -> Step:
    """The items of one array go behind those of another; nothing happens if either is no array."""
    above, last = target[:-1], target[-1]
    delete = _deletion(source)

    def append(root: Branch) -> None:
        items, before = value_at(root, source), value_at(root, target)
        if isinstance(items, list) and isinstance(before, list):
            _way(root, above).put(last, before + items)
            delete(root)

    return append


def _movement(source: Path, target: Path) -> Step:
    """A move of one of three kinds, which the lengths of the paths decide; a `*` at the end of the source is a key."""
    above, last, name = source[:-1], source[-1], target[-1]
    if len(source) == len(target):
        return _relabelling(above, last, name)
    if len(source) > len(target):
        return _promotion(above, last, target[:-1], name)
    return _embedding(above, last, target[len(above) : -1], name)


def _relabelling(above: Path, last: str, name: str) -> Step:
    """Paths of one length: the value stays where it is under the target's last name; what stands before is ignored.

    NOTE: it replaces a value that has the name already (KrakenD: one of the two wins, at random).
    """

    def relabel(root: Branch) -> None:
        for branch, _ in reached(root, above):
            if last not in branch.labels:
                continue
            if branch.is_array:
                branch.labels[branch.labels.index(last)] = name
            else:
                branch.grow(name, branch.take(last))

    return relabel


def _promotion(above: Path, last: str, way: Path, name: str) -> Step:
    """A shorter target: the value goes there, as seen from the root; `*` is the label that the source has there.

    Where a part of the way is missing, the value gets its new name where the way ends.
    """

    def promote(root: Branch) -> None:
        taken = [(labels, branch.take(last)) for branch, labels in reached(root, above) if last in branch.labels]
        for labels, child in taken:
            _end_of_way(root, way, labels).grow(name, child)

    return promote


def _embedding(above: Path, last: str, way: Path, name: str) -> Step:
    """A longer target: the value goes deeper from where it was; objects on the way are made where there are none."""

    def embed(root: Branch) -> None:
        for branch, _ in reached(root, above):
            if last in branch.labels:
                child = branch.take(last)
                _way(branch, way).grow(name, child)

    return embed


def _way(branch: Branch, way: Path) -> Branch:
    for label in way:
        branch = branch.find_or_grow(label)
    return branch


def _end_of_way(branch: Branch, way: Path, labels: Path) -> Branch:
    for step, label in zip(way, labels, strict=False):
        inner = branch.find(label if step == EVERY else step)
        if inner is None:
            break
        branch = inner
    return branch
