"""Which parts of a document are opened, and that all the rest passes as the bytes that it is.

    opening = Opening()
    opening.level(("page",))            # the members of `page` are told apart
    opening.value(("user", "name"))     # `user.name` is read, with everything in it
    list(opening.paths())               # [("page", False), ("user", False), ("user.name", True)]

The first level of a document is always opened. Arrays are opened whole, or not at all.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

Decode = Callable[[bytes, bool], dict[str, Any] | None]
"""Turns a body and `is_collection` into its document."""


class Opening(dict[str, "Opening | None"]):
    """The members of one object that are opened: those of an object each, or None for a value that is read whole."""

    def level(self, path: Sequence[str]) -> None:
        """Tell the members of the object at a path apart, and of every object on the way."""
        self._opened(path)

    def value(self, path: Sequence[str]) -> None:
        """Read the value at a path, which is not empty, with everything in it."""
        *above, last = path
        branch = self._opened(above)
        if branch is not None:
            branch[last] = None

    def _opened(self, path: Sequence[str]) -> Opening | None:
        """The object at a path, told apart as every object on the way; None inside of what is read whole."""
        branch = self
        for name in path:
            inner = branch.setdefault(name, Opening())
            if inner is None:
                return None
            branch = inner
        return branch

    def paths(self, above: str = "") -> Iterator[tuple[str, bool]]:
        """Every opened path, dotted, and whether the value is read whole."""
        for name, inner in self.items():
            yield f"{above}{name}", inner is None
            if inner is not None:
                yield from inner.paths(f"{above}{name}.")


class PartialDecoder(Protocol):
    """What a decoder may have beside its Protocol: it opens no more than it has to."""

    def partial(self, opening: Opening) -> Decode:
        """A `decode` whose documents hold, in place of what is not opened, bytes that JSON renderers write as they are.

        It may open more, and gives what `decode` gives but for that.
        """
