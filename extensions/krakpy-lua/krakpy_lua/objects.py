"""What scripts hold of documents: tables and lists, each known to Lua by a handle.

    objects = Objects(has_room)
    handle = objects.add({"a": [1]})
    objects.table_get(handle, "a")      # (None, LIST, 1)

Documents that others may see are never changed: what a script reaches is copied level by level on its way there.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: codes of what Lua is given in place of a value
TABLE, LIST, NULL, PROBLEM, MEMORY = 1, 2, 3, 4, 5

Given = Any
"""A text, number or boolean, or a tuple of None, a code and its detail."""

NO_ROOM: Given = (None, MEMORY, None)
_EXACT = 2**53
_LARGEST_GAP = 1_000_000


class Slice:
    """A list as a script sees it: the first `size` of `items` (KrakenD: a Go slice, whose end is its own)."""

    __slots__ = ("items", "size")

    def __init__(self, items: list[Any]) -> None:
        self.items = items
        self.size = len(items)


class Objects:
    """The tables and lists of one request, and what they may hold together, in bytes of text and members."""

    def __init__(self, has_room: Callable[[int], bool], budget: int) -> None:
        self._has_room = has_room
        self._budget = budget
        self._items: list[Any] = []
        self._handles: dict[int, int] = {}

    def __getitem__(self, handle: int) -> Any:
        return self._items[handle]

    def add(self, value: Any) -> int:
        """The handle of something that is the script's own."""
        self._items.append(value)
        return len(self._items) - 1

    def own(self, table: dict[str, Any]) -> int:
        """The handle of a table, the same each time."""
        known = self._handles.get(id(table))
        if known is None:
            known = self._handles[id(table)] = self.add(table)
        return known

    def new_table(self, members: tuple[Any, ...]) -> int | None:
        """The handle of a table of these keys and values, in turn; None if they are too much."""
        table = {}
        for index in range(0, len(members), 2):
            value = members[index + 1]
            table[decoded(members[index])] = _value(value)
            if not self.takes(value):
                return None
        return self.own(table)

    def new_list(self, items: list[Any]) -> int:
        """The handle of a list of one's own."""
        return self.add(self._sliced(items))

    def _sliced(self, items: list[Any]) -> Slice:
        if id(items) not in self._handles:
            self._handles[id(items)] = self.add(items)
        return Slice(items)

    def text(self, value: str) -> Given:
        """A text as Lua holds it: in bytes."""
        if not value.isascii():
            value = value.encode("utf-8", "surrogateescape").decode("latin-1")
        return value if self._has_room(len(value)) else NO_ROOM

    def raw(self, value: str) -> Given:
        """A text that stands for bytes already, as header fields do."""
        return value if self._has_room(len(value)) else NO_ROOM

    def _member(self, container: Any, key: Any, value: Any) -> Given:
        """What a script gets of a member; a container is copied, so that it is the script's own."""
        kind = type(value)
        if kind is str:
            return self.text(value)
        if kind is bool:
            return value
        if kind is dict or kind is list:
            if id(value) not in self._handles:
                container[key] = value = kind(value)
            return (None, TABLE, self.own(value)) if kind is dict else (None, LIST, self.new_list(value))
        return (None, NULL, None) if value is None else self._other(container, key, value)

    def _other(self, container: Any, key: Any, value: Any) -> Given:
        """As `_member`, for numbers and for kinds of kinds."""
        if isinstance(value, int | float):
            return _number(value)
        for kind in (dict, list):
            if isinstance(value, kind):
                container[key] = value = kind(value)
                return self._member(container, key, value)
        return (None, PROBLEM, f"unknown type ({type(value).__name__})")

    def takes(self, value: Any) -> bool:
        """Whether there is room for one more member."""
        self._budget -= 100 + (len(value) if isinstance(value, str) else 0)
        return self._budget >= 0

    def length(self, handle: int) -> int:
        """How many members there are."""
        found = self._items[handle]
        return found.size if isinstance(found, Slice) else len(found)

    def table_get(self, handle: int, key: str) -> Given:
        """A member of a table; nothing if there is none."""
        table = self._items[handle]
        if not key.isascii():
            key = decoded(key)
        return self._member(table, key, table[key]) if key in table else None

    def table_set(self, handle: int, key: str, value: Any) -> bool:
        """Put a value; gives whether it was too much."""
        is_text = type(value) is str
        self._items[handle][key if key.isascii() else decoded(key)] = (
            value if value is True or value is False or (is_text and value.isascii()) else _value(value)
        )
        # PERF: as `takes`, without the call
        self._budget -= 100 + len(value) if is_text else 100
        return self._budget < 0

    def table_put(self, handle: int, key: str, other: int) -> bool:
        """Put a table or list; gives whether it was too much."""
        self._items[handle][decoded(key)] = self._shared(other)
        return not self.takes(key)

    def table_delete(self, handle: int, key: str) -> None:
        """Remove a member, if it is there."""
        self._items[handle].pop(decoded(key), None)

    def table_has(self, handle: int, key: str) -> bool:
        """Whether there is such a member, null or not."""
        return decoded(key) in self._items[handle]

    def table_keys(self, handle: int) -> int:
        """A list of the keys, sorted by their bytes."""
        return self.new_list(sorted(self._items[handle], key=lambda key: key.encode("utf-8", "surrogatepass")))

    def as_list(self, handle: int) -> int:
        """A list of the values of a table whose keys are all whole numbers; null if it is empty (KrakenD: the same)."""
        table = self._items[handle]
        if not table:
            return self.add(None)
        return self.new_list([table[key] for key in sorted(table, key=int)])

    def list_get(self, handle: int, index: float) -> Given:
        """An item of a list; nothing beyond its ends."""
        found: Slice = self._items[handle]
        if not 0 <= index < found.size:
            return None
        place = int(index)
        return self._member(found.items, place, found.items[place])

    def list_grow(self, handle: int, index: float) -> tuple[bool, bool]:
        """Make a place at an index, with nulls before it; gives whether there is one, and whether it was too much."""
        found: Slice = self._items[handle]
        if not index > -1:
            return False, False
        if index >= found.size:
            if index - found.size > _LARGEST_GAP:
                return False, True
            # NOTE: whoever else holds the list does not see it grow (KrakenD: append to a slice)
            items = found.items[: found.size]
            items.extend([None] * (int(index) + 1 - found.size))
            self._items[handle] = self._sliced(items)
        return True, False

    def list_set(self, handle: int, index: float, value: Any) -> bool:
        """Put a value; gives whether it was too much."""
        self._items[handle].items[int(index)] = _value(value)
        return not self.takes(value)

    def list_put(self, handle: int, index: float, other: int) -> bool:
        """Put a table or list; gives whether it was too much."""
        self._items[handle].items[int(index)] = self._shared(other)
        return not self.takes(None)

    def list_delete(self, handle: int, index: float) -> None:
        """Remove an item; whoever else holds the list finds a null at its end (KrakenD: a slice that is shorter)."""
        found: Slice = self._items[handle]
        if 0 <= index < found.size:
            del found.items[int(index)]
            found.items.insert(found.size - 1, None)
            found.size -= 1

    def append(self, handle: int, *values: str) -> None:
        """Add texts to a list that Lua fills."""
        found: Slice = self._items[handle]
        found.items.extend(values)
        found.size = len(found.items)

    def _shared(self, handle: int) -> Any:
        """What a container holds of an object; both see what is changed in it later."""
        found = self._items[handle]
        if not isinstance(found, Slice):
            if isinstance(found, dict):
                self._handles.setdefault(id(found), handle)
            return found
        if found.size < len(found.items):
            self._items[handle] = found = self._sliced(found.items[: found.size])
        return found.items


def decoded(text: str) -> str:
    """A text of Lua's as one of Unicode; what is no UTF-8 becomes U+FFFD (Go: encoding/json)."""
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", "replace")


def _value(value: Any) -> Any:
    """A value of the script's as JSON has it."""
    if isinstance(value, str):
        return decoded(value)
    # NOTE: Lua has floats alone, and those from here on are written with an exponent (Go: encoding/json)
    return float(value) if isinstance(value, int) and abs(value) >= 10**21 else value


def _number(value: float) -> float:
    if isinstance(value, int) and -_EXACT <= value <= _EXACT:
        return value
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")

