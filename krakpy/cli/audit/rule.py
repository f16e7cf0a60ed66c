"""A rule: what it is called, how bad it is, what it says, and where in a configuration it applies.

    Rule("2.2.2", "HIGH", "Say which origins browsers may ask from (security/cors).", lambda audited: ...)
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from krakpy.cli.audit.audited import Audited

Severity = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]

SEVERITIES: tuple[Severity, ...] = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
"""From the least to the worst."""

Find = Callable[[Audited], Iterable[str]]
"""The places where a rule applies (`endpoints[3].timeout`); none: it does not."""


class Rule(NamedTuple):
    """One thing that an audit looks for."""

    id: str
    severity: Severity
    message: str
    """What to do about it, in a sentence."""

    find: Find

    needs: str = ""
    """The key that the advice is to write, as `krakpy.config.built` calls it: without it the rule is silent."""


class Recommendation(NamedTuple):
    """A rule that applies, and where."""

    rule: str
    severity: Severity
    message: str
    places: tuple[str, ...]
