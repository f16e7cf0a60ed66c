"""Puts every rule to a configuration; what remains is what an audit recommends.

    recommended(look("krakend.json", os.environ), ignored={"3.1.1"}, severities={"HIGH", "CRITICAL"})
"""
from __future__ import annotations

from collections.abc import Collection, Iterable

from krakpy.cli.audit.audited import Audited
from krakpy.cli.audit.rule import SEVERITIES, Recommendation, Rule, Severity
from krakpy.cli.audit.rules import RULES
from krakpy.config.built import NOT_BUILT

#: a severity that no rule has: an audit with it alone recommends nothing (KrakenD takes any word)
NONE = "NONE"


def recommended(
    audited: Audited,
    *,
    ignored: Collection[str] = (),
    severities: Collection[str] = SEVERITIES,
    rules: Iterable[Rule] = RULES,
    unbuilt: Collection[str] = NOT_BUILT.keys(),
) -> tuple[Recommendation, ...]:
    """What applies, in the order of the rules; no rule recommends a key that krakpy does not have."""
    found = []
    for rule in rules:
        if rule.id not in ignored and rule.severity in severities and rule.needs not in unbuilt:
            places = tuple(rule.find(audited))
            if places:
                found.append(Recommendation(rule.id, rule.severity, rule.message, places))
    return tuple(found)


def severities_of(text: str, threshold: str) -> frozenset[Severity]:
    """The severities of a list (`HIGH,CRITICAL`) that are not below a threshold; ValueError for an unknown one."""
    asked = [word.strip().upper() for word in text.split(",") if word.strip()]
    unknown = next((word for word in asked if word not in (*SEVERITIES, NONE)), None)
    if unknown:
        raise ValueError(f"{unknown} is no severity: there are {', '.join(SEVERITIES)}, and {NONE}")
    counted = SEVERITIES[SEVERITIES.index(_severity(threshold)) :]
    return frozenset(severity for severity in counted if severity in asked)


def _severity(word: str) -> Severity:
    return next(severity for severity in SEVERITIES if severity == word.upper())


def ignored_rules(listed: str, lines: Iterable[str]) -> frozenset[str]:
    """The ids of a list and of the lines of a file; `#` begins a comment."""
    written = (line.partition("#")[0] for line in lines)
    return frozenset(word.strip() for text in (listed, *written) for word in text.split(",") if word.strip())
