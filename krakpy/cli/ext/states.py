"""Every state in which an extension can be, in words, and the one step that leads out of it.

    explained(entry)     # Explained("acme-geo/geo", "off", "its mode is off", 'remove "mode" …')
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote

from krakpy.cli.ext.inventory import Entry, State

#: what each state means, and what to do where no problem says it better; empty: nothing has to be done
MEANINGS: Mapping[State, tuple[str, str]] = {
    "used": ("the configuration uses it, and it may load", ""),
    "available": ("it may load, and nothing in the configuration uses it", "name it where it is to work"),
    "built-in": ("a part of krakpy, which nothing in the configuration names", ""),
    "off": ("its mode is off: it is not imported", 'remove "mode": "off" from its plugin.instances entry'),
    "gate-closed": ("a gate for third-party code is closed", "open the gate that is named"),
    "refused": ("a rule of the operator's, or its contract, keeps it out", "krakpy ext show {id}"),
    "ambiguous": ("another distribution offers its name too", "write {id}"),
    "failed": ("a probe found that it cannot work", "krakpy ext probe {id}"),
    "not-installed": ("the configuration names it, and nothing installed offers it", "pip install its package"),
    "unlisted": ("it is not in the lock file", "look at it, then: krakpy ext lock -c FILE"),
    "altered": ("it is not what was locked", "krakpy ext verify -c FILE"),
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One extension's state, what it means, and the one step."""

    id: str
    state: State
    meaning: str
    remedy: str

    def as_dict(self) -> dict[str, str]:
        """As `--json` has it."""
        return {"id": self.id, "state": self.state, "meaning": self.meaning, "remedy": self.remedy}


def explained(entry: Entry) -> Explained:
    """The state of an entry; the remedy of its own problem where it has one."""
    meaning, remedy = MEANINGS[entry.state]
    if entry.reason is not None:
        return Explained(entry.id, entry.state, entry.reason.message, entry.reason.advice)
    return Explained(entry.id, entry.state, meaning, remedy.replace("{id}", quote(entry.id)))
