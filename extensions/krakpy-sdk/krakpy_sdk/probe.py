"""The sacrificial child of an environment without krakpy: imports a class of hooks, checks and builds it, reports.

    python -I -u -m krakpy_sdk.probe REPORT_FD

The job comes on standard input. Whatever the extension does to this process, the report on its own pipe (or its
absence) says so.
"""
from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from krakpy_sdk.blame import place_of, said
from krakpy_sdk.disturbances import Traces
from krakpy_sdk.errors import ConfigError
from krakpy_sdk.examining import hook_breaches, hook_facts, path_breaches
from krakpy_sdk.extension import Context, config_type_of
from krakpy_sdk.schemas import schema_of
from krakpy_sdk.typed import decoded

#: longest file that the child may write: what it prints goes to one
MAX_OUTPUT_BYTES = 16 * 1024 * 1024

Told = dict[str, Any]


def main(arguments: list[str]) -> None:
    """Probe the job on standard input and report on the descriptor that is named, one JSON object a line."""
    report = int(arguments[0])
    job = json.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_AS, (job["memory_bytes"], job["memory_bytes"]))
    # NOTE: an import may put anything in their place
    dumps, write, leave = json.dumps, os.write, os._exit
    for told in examine(job):
        write(report, dumps(told).encode() + b"\n")
    # NOTE: threads and exit handlers of the extension have no say in when this ends
    leave(0)


def examine(job: Mapping[str, Any]) -> Iterator[Told]:
    """The stages of a probe as they begin, and the verdict at the end."""
    yield {"stage": "import"}
    before = Traces()
    started = time.perf_counter()
    verdict: Told = {"problems": []}
    try:
        loaded = _imported(job["target"])
    except BaseException as error:  # noqa: BLE001  # this process is there to find out what an import raises
        yield {"verdict": {"problems": [_failed_import(error, job["target"])], "import_s": 0.0}}
        return
    verdict["import_s"] = time.perf_counter() - started
    found = (_problem(code, f"the import {what}") for code, what in before.disturbed())
    disturbed = [{**problem, "severity": "warning"} for problem in found]
    verdict["problems"] = [_problem(*breach) for breach in (*hook_breaches(loaded), *path_breaches(loaded))]
    if not verdict["problems"]:
        paths = loaded.paths
        verdict |= hook_facts(loaded) | {"paths": None if paths is None else list(paths)}
        verdict["settings"] = schema_of(config_type_of(loaded))
        verdict["summary"] = str(loaded.__doc__ or "").strip().partition("\n")[0]
        for instance in job["instances"]:
            yield {"stage": "construct", "place": instance["place"]}
            verdict["problems"] += _built(loaded, instance)
    verdict["problems"] += disturbed
    yield {"verdict": verdict}


def _imported(target: str) -> Any:
    module, _, attribute = target.partition(":")
    loaded: Any = importlib.import_module(module.strip())
    for part in attribute.split("[")[0].strip().split(".") if attribute else ():
        loaded = getattr(loaded, part)
    return loaded


def _failed_import(error: BaseException, target: str) -> Told:
    where = place_of(error)
    module = target.partition(":")[0].strip()
    name = error.name or "" if isinstance(error, ModuleNotFoundError) else None
    if name is not None and module.partition(".")[0] != name.partition(".")[0]:
        remedy = f"pip install the distribution that has the module {name!r} into the environment of {sys.executable}"
        return _problem("MODULE_MISSING", f"{said(error)}{where}", remedy=remedy)
    if name is not None or (isinstance(error, AttributeError) and not where):
        return _problem("BAD_ENTRY_POINT", f"the entry point {target} leads nowhere: {said(error)}")
    if isinstance(error, SystemExit):
        return _problem("IMPORT_EXITED", f"the import raised {said(error)}{where}")
    return _problem("MEMORY" if isinstance(error, MemoryError) else "IMPORT_RAISED", f"{said(error)}{where}")


def _built(loaded: Any, instance: Mapping[str, Any]) -> list[Told]:
    place = instance["place"]
    present = hook_facts(loaded)["hooks"]
    if instance["hooks"] and not set(instance["hooks"]) & set(present):
        text = f"{loaded.__name__} has none of the hooks that are called here: {', '.join(instance['hooks'])}"
        return [_problem("SETTINGS", text, place, "list it at the seat whose hooks it has")]
    raw, config_type, config = instance["config"], config_type_of(loaded), None
    if config_type is None and raw:
        return [_problem("SETTINGS", f"{loaded.__name__} takes no settings", place, "remove them")]
    try:
        if config_type is not None:
            config, misfits = decoded(config_type, {} if raw is None else raw)
            if misfits:
                return [_problem(m.code, m.message, f"{place}.{m.path}".rstrip(".")) for m in misfits]
        loaded(config, Context(name=instance["name"], **instance["settings"]))
    except ConfigError as error:
        return [_problem("SETTINGS", error.message, f"{place}.{error.path}".rstrip("."))]
    except BaseException as error:  # noqa: BLE001  # see examine
        code = "MEMORY" if isinstance(error, MemoryError) else "CONSTRUCTION"
        return [_problem(code, f"the construction raised {said(error)}{place_of(error)}", place)]
    return []


def _problem(code: str, message: str, place: str = "", remedy: str = "") -> Told:
    return {"code": code, "place": place, "message": message, "remedy": remedy, "severity": "error"}


if __name__ == "__main__":
    main(sys.argv[1:])
