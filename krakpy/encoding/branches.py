"""A document as a tree of labelled branches, opened as far as somebody looks: what flatmap filters work on.

    root = Branch({"a": [1, 2], "b": {}})
    root.find("a").take("0")
    closed(root)            # {"a": [2], "b": {}}
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Path = tuple[str, ...]

EVERY = "*"
_CONTAINERS = (dict, list)


class Branch:
    """A value with its children under their labels: the keys of an object, the indices of an array.

    An item of an array keeps its label when others are taken out. PERF: only what lies on a path is opened; the rest of
    a document stays what it is, and nothing of it is changed.
    """

    __slots__ = ("children", "is_array", "labels", "value")

    def __init__(self, value: Any) -> None:
        self.labels: list[str]
        self.children: list[Any]
        self.is_array = isinstance(value, list)
        #: what it is without children; null for what has lost them
        self.value: Any = None
        if value and isinstance(value, dict):
            self.labels, self.children = list(value), list(value.values())
        elif value and self.is_array:
            self.labels, self.children = [str(index) for index in range(len(value))], list(value)
        else:
            self.labels, self.children, self.value = [], [], value

    def opened(self, index: int) -> Branch:
        """The child at an index of `children`."""
        child = self.children[index]
        if type(child) is not Branch:
            child = self.children[index] = Branch(child)
        return child

    def inner(self, index: int) -> Branch | None:
        """The child at an index of `children` if it has children of its own."""
        child = self.children[index]
        if type(child) is not Branch:
            if not child or not isinstance(child, _CONTAINERS):
                return None
            child = self.children[index] = Branch(child)
        return child if child.children else None

    def find(self, label: str) -> Branch | None:
        """The first child of a label."""
        return self.opened(self.labels.index(label)) if label in self.labels else None

    def find_or_grow(self, label: str) -> Branch:
        """The first child of a label, or a new one, which is an object."""
        found = self.find(label)
        if found is None:
            found = Branch(None)
            self.grow(label, found)
        return found

    def grow(self, label: str, child: Any) -> None:
        """Add a child behind the others. Of two that have one label the later one counts in the end."""
        self.labels.append(label)
        self.children.append(child)

    def put(self, label: str, child: Any) -> None:
        """Replace the first child of a label, or add one."""
        if label in self.labels:
            self.children[self.labels.index(label)] = child
        else:
            self.grow(label, child)

    def take(self, label: str) -> Any:
        """Take the first child of a label out, which has to be there."""
        index = self.labels.index(label)
        del self.labels[index]
        return self.children.pop(index)

    def clear(self) -> None:
        """Take all children out."""
        self.labels, self.children = [], []


def closed(child: Any) -> Any:
    """The value that a branch is now, or a child that is no branch."""
    if type(child) is not Branch:
        return child
    if not child.children:
        return child.value
    children = [closed(inner) if type(inner) is Branch else inner for inner in child.children]
    return children if child.is_array else dict(zip(child.labels, children, strict=True))


def reached(root: Branch, path: Path) -> list[tuple[Branch, Path]]:
    """Every branch at a path that has children, with the labels on the way to it; `*` is every label."""
    found: list[tuple[Branch, Path]] = [(root, ())]
    for step in path:
        found = [
            (inner, (*labels, label))
            for branch, labels in found
            for index, label in _chosen(branch, step)
            if (inner := branch.inner(index)) is not None
        ]
    return found


def _chosen(branch: Branch, step: str) -> Iterable[tuple[int, str]]:
    if step == EVERY:
        return enumerate(branch.labels)
    return ((branch.labels.index(step), step),) if step in branch.labels else ()


def value_at(branch: Branch, path: Path) -> Any:
    """The value at a path, or None; with `*` the array of the values."""
    if not path:
        return closed(branch)
    first, rest = path[0], path[1:]
    if first == EVERY and branch.children:
        return [value_at(branch.opened(index), rest) for index in range(len(branch.children))]
    child = branch.find(first)
    return None if child is None else value_at(child, rest)
