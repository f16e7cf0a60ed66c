"""Runs every fault in every tier and writes what came of it: the page `docs/faults.md`.

    python -m tests.faults.report       # ten minutes; nothing else should run meanwhile
"""
from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.distributions import HOOK, Site

from .extensions import endpoint
from .gateways import refusal, written
from .matrix import STATUSES, Matrix, Row, faults_of

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
TIERS: Mapping[str, str] = {"inproc": "in a worker", "process": "in a process of its own"}
#: what needs no call to be seen: fault, code, and whether the gateway starts
AT_START = {
    "X-36 two packages, one name": ("KX002", False),
    "X-37 made for another contract": ("KX006", False),
    "X-40 metadata that cannot be read": ("KX008", True),
    "X-41 odd METADATA": ("", True),
    "X-42 20,000 entry points": ("", True),
    "X-43 overwritten files": ("KX013", True),
    "X-43 shadowed modules": ("KX014", True),
    "X-44 poisoned cache": ("", True),
}
BEYOND = {
    ("X-23 kill parent", "inproc"): "cannot be prevented: it is code of the same user in the same process",
    ("X-45", "inproc"): "does not apply: there is no protocol",
}

INTRODUCTION = """# Faults and what they cost

Every way in which an extension can fail that we could think of is a tiny package of its own in krakpy's tests. Each
is installed, configured and called three times, in a worker (`"isolation": "inproc"`) and in a process of its own
(`process`), while {bystanders} clients keep asking for another endpoint as fast as they can. Those bystanders must
not notice. Their client lets nothing pass: status, length and body of every answer are checked, on connections that
are kept.

This page is what came of the last run: {when}. It is written by `python -m tests.faults.report`, and read in the
tests.

- **Client**: what the caller of the broken extension gets; `-` is a connection that ended.
- **Lost**: bystanders' requests without a right answer, of all that they sent. In a worker those are lost that were
  in flight in a worker that died; {held_words}
- **Told**: the first [code](errors.md) in the log, whose record has the distribution, the instance, the place and
  the remedy.
- **Back**: from the end of a worker or host to the next that is ready; empty where none ended.

Quarantine is off for this table, so that every call is made. With it whoever ends three workers in a minute is [not
called any more](when-an-extension-misbehaves.md#quarantine): that is X-46.
"""

BEYOND_WORDS = """
## What cannot be held

**In a worker** an extension has the gateway's own user, memory and process. It can kill the master (X-23), and what
it starts lives on after it (X-24: a copy of the worker loses the worker's connections, no more than that). What it
changes for everybody is put back within 50 ms, if it is one of Python's functions, a limit or the current folder,
and within a second if it is a signal handler; what happens in between happens (X-25, X-31, X-33). A worker whose
descriptors it has used up goes, and until then requests that need a new connection fail there (X-29). What it
closes is closed: after descriptors 1 and 2, connections of others have these numbers (X-30). A thread of its own
takes processor time from every request (X-34). An allocation beyond the memory of the machine is the operating
system's to refuse: give the service a limit.

**In a process of its own** it has the gateway's user unless you give it [another](isolation.md#what-a-host-is), so
it may send signals to the gateway and to the supervisor of hosts. Whoever ends that one takes the hosts of all with
it (X-23); they are back at once, and what was in flight in them is answered 502.
"""


def rows_of(tier: str, folder: Path) -> list[Row]:
    """Every fault in one tier."""
    folder.mkdir()
    with Matrix(tier, faults_of(tier), folder) as matrix:
        rows = matrix.run()
        codes = {event.get("code", "") for event in matrix.events()}
        lost = sum(max(0, row.lost - row.allowed) for row in rows)
    refused = _refused(folder)
    for id, (code, starts) in AT_START.items():
        told = code if code in (codes if starts else refused) else ""
        rows.append(Row(id, tier, told=told, lost=lost if starts else 0, statuses=[200] if starts else []))
    return rows


def _refused(folder: Path) -> set[str]:
    """The codes with which a gateway does not start that was given what cannot be told apart, or is of another age."""
    site = Site(folder / "refused")
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo.py": HOOK})
    site.add("other-geo", hooks={"geo": "acme_geo:Hook"})
    site.add("acme-old", hooks={"old": "acme_geo:Hook"}, requires=("krakpy-sdk>=7",))
    config = written(folder, {"plugin": {}, "endpoints": [endpoint("a", 9999, ["geo"]), endpoint("b", 9999, ["old"])]})
    text = refusal(config, site=site.path)
    return {code for code in ("KX002", "KX006") if code in text}


def holds(row: Row) -> bool:
    """Whether the row is as it has to be."""
    if row.id in AT_START:
        return row.told == AT_START[row.id][0] and not row.lost
    return not row.faults


def page(rows: Iterable[Row], when: str) -> str:
    """The page of these rows."""
    found = {(row.id, row.tier): row for row in rows}
    ids = sorted({id for id, _ in found}, key=lambda id: (int(id[2:4]) if id[:2] == "X-" else 99, id))
    held = {tier: _held(found, ids, tier) for tier in TIERS}
    lost = sum(row.lost for row in found.values() if row.tier == "process" and not row.allowed)
    words = f"in a process of its own there may be none: {lost} here."
    ways = {tier: [row.recovery_s or 0 for row in found.values() if row.tier == tier] for tier in TIERS}
    worst = {tier: max(seconds, default=0) for tier, seconds in ways.items()}
    lines = [INTRODUCTION.format(bystanders="four", when=when, held_words=words), "## In short\n"]
    lines += ["| | held | worst way back |", "|---|---|---|"]
    lines += [f"| {words} | {held[tier]} | {worst[tier]:.2f} s |" for tier, words in TIERS.items()]
    lines += ["", "## Fault by fault\n"]
    lines += ["| fault | in a worker: client | lost | told | back | in a process: client | lost | told | back |"]
    lines += [f"|{'---|' * 9}"]
    lines += [f"| {id} | {' | '.join(_cells(found, id, tier) for tier in TIERS)} |" for id in ids]
    return "\n".join(lines) + "\n" + BEYOND_WORDS


def _held(found: Mapping[tuple[str, str], Row], ids: list[str], tier: str) -> str:
    """How many of the numbered faults hold in a tier, and which do not."""
    failing = [row for row in found.values() if 200 not in STATUSES[tier].get(row.id, (200,))]
    numbers: dict[str, bool] = {"X-47": not any(row.hits for row in failing if row.tier == tier)}
    for id in ids:
        row = found.get((id, tier))
        if id[:2] == "X-" and (row is not None or id in ("X-23 kill parent",)):
            numbers[id[:4]] = numbers.get(id[:4], True) and row is not None and holds(row)
    broken = ", ".join(sorted(number for number, is_held in numbers.items() if not is_held))
    return f"{sum(numbers.values())} of {len(numbers)}" + (f" (not {broken})" if broken else "")


def _cells(found: Mapping[tuple[str, str], Row], id: str, tier: str) -> str:
    row = found.get((id, tier))
    if row is None:
        said = BEYOND.get((id, tier)) or BEYOND.get((id[:4], tier), "does not apply")
        return f"{said} | | | "
    client = ", ".join(str(status or "-") for status in dict.fromkeys(row.statuses)) or "does not start"
    lost = f"{row.lost} of {row.asked}" if row.asked else str(row.lost)
    told = f"[{row.told}](errors.md#{row.told.lower()})" if row.told.startswith("K") else row.told
    back = "" if row.recovery_s is None else f"{row.recovery_s:.2f} s"
    mark = "" if holds(row) else " **✗**"
    return f"{client}{mark} | {lost} | {told} | {back}"


def main() -> int:
    """Run everything, write the page; 1 if something does not hold that should."""
    load, _, _ = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for tier in TIERS for row in rows_of(tier, Path(folder, tier))]
    machine = f"{os.cpu_count()} cores with a load of {load:.1f} before it"
    when = f"Python {platform.python_version()}, two workers, {machine}"
    PAGE.write_text(page(rows, when))
    broken = [row for row in rows if not holds(row)]
    for row in broken:
        print(f"{row.id} {row.tier}: {'; '.join(row.faults) if row.id not in AT_START else row.told}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
