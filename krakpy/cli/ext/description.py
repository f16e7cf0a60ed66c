"""One extension in full, as a document and as lines: metadata, target, state, every use with settings and policy."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from rich.text import Text

from krakpy.cli.ext.inventory import Entry
from krakpy.codes import Code
from krakpy.config.settings import ServiceSettings
from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import CONTRACTS, contract_of
from krakpy.extension.gates import Admission
from krakpy.extension.jobs import config_of
from krakpy.extension.needs import Need
from krakpy.extension.policy import Policy, policy_of, tier_of
from krakpy.log_lines import key_values, printable
from krakpy.log_secrets import without_secrets

#: what a distribution says of itself, and what METADATA calls it
METADATA = {
    "summary": "Summary",
    "author": "Author-email",
    "licence": "License-Expression",
    "python": "Requires-Python",
}


def document_of(entry: Entry, candidate: Candidate, settings: ServiceSettings | None) -> dict[str, Any]:
    """The extension as `--json` has it; its verdict is for whoever probes."""
    return {
        "id": entry.id,
        "distribution": candidate.distribution,
        "version": candidate.version,
        "group": candidate.entry_point.group,
        "kind": _kind(entry, candidate),
        "target": candidate.target,
        "first_party": candidate.is_first_party,
        "requires": list(candidate.requires),
        "metadata": _metadata(candidate),
        "state": entry.state,
        "reason": entry.reason.as_dict() if entry.reason else None,
        "uses": [_use(need, candidate, settings) for need in entry.uses if settings],
        "verdict": None,
    }


def lines_of(document: Mapping[str, Any]) -> Iterator[Text]:
    """The document as people read it."""
    yield Text.assemble((printable(document["id"]), "bold"), f" {document['version']}  {printable(_summary(document))}")
    for label, value in _facts(document):
        if value:
            yield Text.assemble((f"  {label:<10}", "dim"), printable(value))
    for use in document["uses"]:
        yield Text.assemble(("  used at   ", "dim"), (printable(use["place"]), "cyan"))
        yield Text(f"            {key_values({'settings': use['settings']} | use['policy'])}")


def _summary(document: Mapping[str, Any]) -> str:
    return str((document["verdict"] or {}).get("summary") or document["metadata"].get("summary", ""))


def _facts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "group", f"{document['group']} ({document['kind']}{', first party' if document['first_party'] else ''})"
    yield "target", document["target"]
    yield "requires", ", ".join(document["requires"])
    yield from ((name, text) for name, text in document["metadata"].items() if name != "summary")
    yield "state", document["state"]
    yield from _problem("because", document["reason"])
    verdict = document["verdict"]
    if verdict:
        yield "probe", f"good, imported in {verdict['import_s'] * 1000:.0f} ms" if verdict["ok"] else "bad"
        yield from ((name, ", ".join(verdict[name])) for name in ("hooks", "inside", "outside"))
        for problem in verdict["problems"]:
            yield from _problem("because", problem)
        yield from (("printed", line) for line in verdict["output"].splitlines())


def _problem(label: str, problem: Mapping[str, str] | None) -> Iterator[tuple[str, str]]:
    if problem:
        yield label, f"{problem['code']} {problem['message']}"
        yield "mend it", problem["remedy"]


def _use(need: Need, candidate: Candidate, settings: ServiceSettings) -> dict[str, Any]:
    policy = policy_of(settings.plugin, need.name, candidate)
    config = config_of(Admission(need, candidate, policy), settings.plugin)
    # NOTE: as a member, so that a setting which is no object is looked at too
    visible = without_secrets({"settings": config})["settings"]
    return {"place": need.place, "name": need.name, "settings": visible, "policy": _policy(candidate, policy)}


def _policy(candidate: Candidate, policy: Policy) -> dict[str, Any]:
    """What holds for one use; how it is hosted only where it is."""
    told = asdict(policy) | {"isolation": tier_of(candidate, policy)}
    hosting = told.pop("hosting")
    if told["isolation"] != "inproc":
        told |= msgspec.to_builtins(hosting)
    return told


def _kind(entry: Entry, candidate: Candidate) -> str:
    is_unspoken = entry.reason is not None and entry.reason.code is Code.SDK_RANGE
    is_unknown = is_unspoken and candidate.family not in CONTRACTS
    return "unknown" if is_unknown else contract_of(candidate.family).kind


def _metadata(candidate: Candidate) -> dict[str, str]:
    distribution = candidate.entry_point.dist
    if distribution is None:
        return {}
    try:
        read = distribution.metadata
        return {name: str(read[field]) for name, field in METADATA.items() if field in read}
    except Exception:  # noqa: BLE001  # foreign metadata may be wrong in any way; it is shown, not needed
        return {}
