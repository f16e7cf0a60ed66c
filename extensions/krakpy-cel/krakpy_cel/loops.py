"""How much work the loops of an expression may make of what comes from outside.

    loops = loops_of("resp_data.items.all(i, i.owner in resp_data.owners)")
    loops.take_too_long({"resp_data": {"items": […], "owners": […]}})

The language ends a loop after 10,000 rounds, those of loops in it included. That alone is no bound: a round may look at
a text of a megabyte, or copy it. A loop that looks at nothing but its own member is linear, and has no limit here.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from krakpy_cel.mentions import UNCLEAR, mentioned

#: rounds after which the language ends a loop
MAX_ROUNDS = 10_000
#: how much all rounds together may look at, in bytes. NOTE: 20 ms of patterns, 100 MB of copies
MAX_BYTES = 16 * 1024 * 1024
#: how often loops may add: each time may double what the next one gets, so that rounds alone would not bound it
MAX_ADDITIONS = 8
#: loops in one another for which two members are as many rounds as there can be
_ENOUGH = 14
#: what a value takes beside its text, in bytes
_VALUE_BYTES = 16

_LOOP = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(")
_TEXTS = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_BRACKET = re.compile(r"[()]")


@dataclass(frozen=True)
class Loops:
    """What the loops of one expression look at beyond their own member."""

    seen: tuple[tuple[str, frozenset[str] | None], ...]
    """Variables, and which members of them; None: any."""

    depth: int
    """How many loops there may be in one another."""

    literals: int
    """How many members a list that is written in the expression has at most."""

    def take_too_long(self, variables: Mapping[str, Any]) -> bool:
        """Whether the rounds together could look at more than `MAX_BYTES`."""
        longest = max(self.literals, *(_longest(value) for value in variables.values()))
        rounds: int = min(MAX_ROUNDS, longest ** min(self.depth, _ENOUGH))
        size: int = sum(map(_size, self._looked_at(variables)))
        return rounds * size > MAX_BYTES

    def _looked_at(self, variables: Mapping[str, Any]) -> Iterator[Any]:
        for name, members in self.seen:
            value = variables.get(name)
            if members is None or not isinstance(value, dict):
                yield value
            else:
                yield from (value[member] for member in members if member in value)


def loops_of(text: str, variables: Iterable[str]) -> Loops | None:
    """The loops of an expression that mentions some of these variables; None if they are linear, or there are none.

    ValueError where they add so often that nothing would bound what comes of it.
    """
    count = len(_LOOP.findall(text))
    if not count:
        return None
    # NOTE: what stands in quotation marks has the same length and no meaning
    bare = _TEXTS.sub(lambda found: f"'{' ' * (len(found[0]) - 2)}'", text)
    bodies = [text[start:end] for start, end in _bodies(bare)]
    literals = text.count(",") + 1
    is_unclear = any(sign in text for sign in UNCLEAR)
    additions = text.count("+") if is_unclear else sum(body.count("+") for body in bodies)
    if additions > MAX_ADDITIONS:
        raise ValueError(f"adds more than {MAX_ADDITIONS} times inside of loops")
    if additions or is_unclear or any(map(_LOOP.search, bodies)):
        seen = tuple([(name, None) for name in variables if name in text])
        return Loops(seen, count, literals)
    named = [(name, mentioned(name, *bodies)) for name in variables if any(name in body for body in bodies)]
    return Loops(tuple(named), 1, literals) if named else None


def _bodies(bare: str) -> Iterator[tuple[int, int]]:
    """Where the arguments of each loop begin and end."""
    for found in _LOOP.finditer(bare):
        depth = 1
        for bracket in _BRACKET.finditer(bare, found.end()):
            depth += 1 if bracket[0] == "(" else -1
            if not depth:
                yield found.end(), bracket.start()
                break


def _longest(value: Any) -> int:
    """The number of members of the longest list or object in a value."""
    if not isinstance(value, dict | list):
        return 1
    members = value.values() if isinstance(value, dict) else value
    return max((len(value), *map(_longest, members)))


def _size(value: Any) -> int:
    """How much there is to look at in a value, in bytes."""
    if isinstance(value, dict):
        return _VALUE_BYTES + sum(len(name) + _size(member) for name, member in value.items())
    if isinstance(value, list):
        return _VALUE_BYTES + sum(map(_size, value))
    return _VALUE_BYTES + (len(value) if isinstance(value, str) else 0)
