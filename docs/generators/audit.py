"""`audit.md`: every rule of `krakpy audit`, from the rules themselves."""
from __future__ import annotations

from collections.abc import Iterable

from krakpy.cli.audit.rule import Rule
from krakpy.cli.audit.rules import RULES

from .writing import Undocumented, code, document, required, table, with_anchor

INTRODUCTION = """
`krakpy check` says what keeps a configuration from being served; `krakpy audit -c FILE` says what would make it safer.
A recommendation is a line on standard error: rule, severity and message with tabs between them, and the places:

```text
2.2.3	[HIGH]	Name the headers that backends need instead of forwarding all. (endpoints[0].input_headers)
```

The exit status is 1 while anything is recommended. `-i 2.1.2,K.5.2` leaves rules out, and so does a file with one
rule a line (`-I audit-ignore.txt`); `-s CRITICAL,HIGH` and `--threshold HIGH` choose severities. `--json` is for
programs, and `-f` takes the templates that `krakend audit` is documented with.

Files of KrakenD can be audited before krakpy serves them: what krakpy does not have yet is looked at all the same.
"""
KRAKEND = "The ids, severities and triggers are KrakenD's, so that its lists of ignored rules stay valid."
OWN = "What KrakenD has no word for, and where krakpy can be stricter than it has to be to give the same answers."
WAITING = " Silent until krakpy has `{}`."


def page(rules: Iterable[Rule] = RULES) -> str:
    """The page; Undocumented for a rule without a message, or with the id of another one."""
    listed = list(rules)
    ids = [rule.id for rule in listed]
    for id in ids:
        if ids.count(id) > 1:
            raise Undocumented(f"{id} is given to two rules")
    theirs, ours = [rule for rule in listed if not _is_own(rule)], [rule for rule in listed if _is_own(rule)]
    return document(
        "Audit rules", INTRODUCTION, "## KrakenD's", KRAKEND, _table(theirs), "## krakpy's own", OWN, _table(ours)
    )


def _is_own(rule: Rule) -> bool:
    return rule.id.startswith("K.")


def _table(rules: Iterable[Rule]) -> str:
    return table(("rule", "severity", "recommendation"), [_row(rule) for rule in rules])


def _row(rule: Rule) -> tuple[str, str, str]:
    words = required(rule.message, f"the rule {rule.id}")
    anchor = f"rule-{rule.id.lower().replace('.', '-')}"
    return with_anchor(rule.id, anchor), code(rule.severity), words + (WAITING.format(rule.needs) if rule.needs else "")
