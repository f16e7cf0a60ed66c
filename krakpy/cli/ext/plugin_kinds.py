"""What `krakpy test-plugin` finds out: does an extension load, and is it of the kind that is named?

    for outcome in outcomes_of("geo", ["MODIFIER"], read_catalog()): ...
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from krakpy.cli.ext.verdicts import judged
from krakpy.extension.catalog import Catalog
from krakpy.extension.probe import Job, Verdict
from krakpy.extension.seating import SEATS
from krakpy.log_lines import printable

#: what KrakenD calls the kinds, in the order in which it tries them, and the hooks that are each one's counterpart
KINDS = {
    "SERVER": ("http_request", "http_response"),
    "MODIFIER": ("endpoint_request", "endpoint_response", "backend_request", "backend_response"),
    "CLIENT": ("execute",),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one extension as one kind."""

    kind: str
    name: str
    why: str = ""
    """Empty: it loads."""


def outcomes_of(id: str, wanted: list[str], catalog: Catalog) -> Iterator[Outcome]:
    """What becomes of one extension as each kind that is asked for."""
    found = [candidate for candidate in catalog.candidates if id in (candidate.id, candidate.name)]
    if len({candidate.id for candidate in found}) != 1:
        why = "several packages offer it: write distribution/name" if found else "it is not installed: pip install it"
        yield Outcome("", id, why)
        return
    verdicts = judged([Job(candidate) for candidate in found], catalog)
    for kind in wanted:
        yield Outcome(kind, found[0].id, _why(kind, verdicts))


def _why(kind: str, verdicts: tuple[Verdict, ...]) -> str:
    for verdict in verdicts:
        if verdict.problems:
            return f"{verdict.problems[0].code.id} {verdict.problems[0].message}"
        if kind == "MIDDLEWARE" and verdict.candidate.family in SEATS:
            return ""
        if set(verdict.hooks) & set(KINDS.get(kind, ())):
            return ""
    if kind == "MIDDLEWARE":
        return f"it is no middleware, but one of {verdicts[0].candidate.entry_point.group}"
    return f"it has none of the hooks {', '.join(KINDS[kind])}"


def line_of(outcome: Outcome) -> str:
    """What KrakenD prints of one."""
    if not outcome.kind:
        return f"[KO] Unable to open the plugin {printable(outcome.name)}: {outcome.why}"
    name = f"{outcome.kind}\t{printable(outcome.name)}"
    return f"[KO] {name}: {printable(outcome.why)}" if outcome.why else f"[OK] {name}"


def summary(count: int, failed: int, took_s: float) -> Iterator[str]:
    """What KrakenD prints at the end."""
    if failed:
        yield f"[KO] {count} tested plugin(s) in {took_s:.3f}s."
        yield f"{failed} plugin(s) failed."
    else:
        yield f"[OK] {count} tested plugin(s) in {took_s:.3f}s"
