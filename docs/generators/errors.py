"""`errors.md`: every code, from `krakpy/codes.py`."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from krakpy.codes import Code

from .writing import Undocumented, document, required, table, with_anchor

INTRODUCTION = """
Every problem that krakpy reports has a code that never changes its meaning, the place in the file or the id of the
extension, a sentence, and the step that mends it:

```text
KX020 acme-geo/geo: ZeroDivisionError: division by zero, at acme_geo/__init__.py:7  →  See the cause; ...
```

The remedy in the table is the general one; a message says the exact one where it is known. With `--json` a problem is
an object with the keys `code`, `place`, `message`, `remedy` and `severity` (`error` or `warning`).
"""


class Group(NamedTuple):
    """Codes whose numbers begin alike, and what they have in common."""

    prefixes: tuple[str, ...]
    title: str
    words: str


GROUPS = (
    Group(
        ("KC0",),
        "The configuration",
        "Found by `krakpy check` and at every start. With an error the gateway does not start.",
    ),
    Group(("KS0",), "The machine", "Found at every start and reload of the gateway, and logged as warnings."),
    Group(
        ("KR0",),
        "A reload",
        "Found by `krakpy reload` and after SIGHUP. What served before goes on serving, as after every other problem "
        "of a reload.",
    ),
    Group(
        ("KX00", "KX01"),
        "The gates",
        "Decided from metadata, before the first import. With an error the gateway does not start; with "
        "`--ignore-missing-plugins` it does, and the endpoints that need the extension answer 503. `KX009`, which the "
        "probe finds, and `KX011` never keep it from starting.",
    ),
    Group(
        ("KX02",),
        "The import",
        "Found by the probe, in a process of its own. The gateway starts; the endpoints that need the extension answer "
        "503.",
    ),
    Group(("KX03",), "The contract", "Found by the probe. The endpoints that need the extension answer 503."),
    Group(
        ("KX04",),
        "Settings and construction",
        "With `KX040` the gateway does not start. With the others the endpoints that need the extension answer 503.",
    ),
    Group(
        ("KX05",),
        "Calls",
        "The request that met it is answered 500, 502, 503 or 504, without internals; with `on_error: skip` it goes on "
        "instead.",
    ),
    Group(
        ("KX06",),
        "The lock",
        "A gate: with a lock file (`plugin.lock`) nothing of third parties loads that is not what was locked.",
    ),
    Group(
        ("KX07",),
        "What an import disturbs",
        "Found by the probe, and logged as warnings: the extension serves. In a process of its own it disturbs nobody; "
        "in a worker it disturbs every request.",
    ),
)


class Described(Protocol):
    """What a code has."""

    @property
    def id(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def remedy(self) -> str: ...


def page(codes: Iterable[Described] = Code) -> str:
    """The page; Undocumented for a code without words, without a group, or with the number of another one."""
    codes = sorted(codes, key=lambda code: code.id)
    twice = [number for number, count in Counter(code.id for code in codes).items() if count > 1]
    if twice:
        raise Undocumented(f"{twice[0]} is given to two codes")
    grouped = [(group, [code for code in codes if group_of(code) is group]) for group in GROUPS]
    return document("Error codes", INTRODUCTION, *(_section(group, found) for group, found in grouped if found))


def group_of(code: Described) -> Group:
    """The group of a code, by its number; Undocumented if there is none."""
    for group in GROUPS:
        if code.id.startswith(group.prefixes):
            return group
    raise Undocumented(f"{code.id} belongs to no group of docs/generators/errors.py")


def _section(group: Group, codes: Iterable[Described]) -> str:
    rows = [
        (
            with_anchor(code.id, code.id.lower()),
            required(code.meaning, f"the meaning of {code.id}"),
            required(code.remedy, f"the remedy of {code.id}"),
        )
        for code in codes
    ]
    return f"## {group.title}\n\n{group.words}\n\n{table(('code', 'what happened', 'what mends it'), rows)}"
