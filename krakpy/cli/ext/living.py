"""What a gateway that runs says of its extensions: quarantines, hosts that are down, what its workers could not load.

    for problem in told_by("krakend.json", os.environ): ...     # nothing where no gateway serves that file
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from krakpy.cli.masters import PATIENCE_S, NoAnswer, asked, found
from krakpy.codes import Code
from krakpy.errors import Problem

_CODES: Mapping[str, Code] = {code.id: code for code in Code}


def told_by(path: str, environ: Mapping[str, str]) -> tuple[Problem, ...]:
    """The problems of the gateway that serves a configuration."""
    try:
        control = found(control=None, config=path, pid=None, environ=environ)
        status = next(asked(control, "status", within_s=PATIENCE_S))
    except NoAnswer:
        return ()
    return (*_instances(status), *_hosts(status), *_unloaded(status))


def _instances(status: Mapping[str, Any]) -> Iterator[Problem]:
    for instance in status.get("instances", ()):
        if instance["state"] not in ("quarantined", "probation"):
            continue
        id = instance["id"]
        why = f": {instance['last_failure']}" if instance.get("last_failure") else ""
        if instance["state"] == "quarantined":
            message = f"{id} ({instance['instance']}) is quarantined{_until(instance)}{why}"
            yield Problem(Code.QUARANTINED, instance["place"], message, f"mend it, then: krakpy ext release {id}")
        else:
            message = f"{id} ({instance['instance']}) is on probation, and called once at a time{why}"
            remedy = f"wait: good calls end it; or krakpy ext release {id}"
            yield Problem(Code.QUARANTINED, instance["place"], message, remedy, "warning")


def _until(instance: Mapping[str, Any]) -> str:
    left = instance.get("until_s")
    return f", and tried again in {left:.0f} s" if left is not None else " until a reload"


def _hosts(status: Mapping[str, Any]) -> Iterator[Problem]:
    for host in status.get("hosts", ()):
        if host["state"] == "down":
            message = f"a host of {host['id']} ({host['instance']}) is down after {host['restarts']} restarts"
            remedy = f"krakpy ext probe {host['id']} -c FILE; the gateway's log says how it ended"
            yield Problem(Code.HOST_DOWN, host["id"], message, remedy)


def _unloaded(status: Mapping[str, Any]) -> Iterator[Problem]:
    for extension in status.get("extensions", ()):
        code = _CODES.get(str(extension.get("code", "")))
        if extension["state"] != "loaded" and code is not None:
            place, remedy = str(extension.get("place", extension["id"])), str(extension.get("remedy", ""))
            yield Problem(code, place, str(extension.get("message", "")), remedy)
