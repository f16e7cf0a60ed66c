"""The sacrificial child: imports one extension, checks its contract, builds it with its real settings, reports.

Run by `probe.py` with the descriptor for its reports as the argument, and the job on standard input. Whatever the
extension does to this process, the report on its own pipe (or its absence) says so.
"""
from __future__ import annotations

import ctypes
import importlib
import json
import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from krakpy_sdk import Context, Disabled, Extension, Unusable
from krakpy_sdk.disturbances import Traces
from krakpy_sdk.examining import hook_facts
from krakpy_sdk.extension import hooks_of
from krakpy_sdk.messages import Request, Response
from krakpy_sdk.schemas import schema_of

from krakpy.codes import Code
from krakpy.config.report import join
from krakpy.errors import ConfigError, Problem
from krakpy.extension.blame import place_of, said
from krakpy.extension.contracts import Contract, breaches, config_type, contract_of, settings_for
from krakpy.extension.declared import look_at
from krakpy.extension.protocols import driver_breaches
from krakpy.extension.seating import condition
from krakpy.extension.workshop import NotTried, Workshop

#: longest file that the child may write: what it prints goes to one
MAX_OUTPUT_BYTES = 16 * 1024 * 1024

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Probe the job on standard input and report on the descriptor that is named, one JSON object a line."""
    report_fd = int(arguments[0])
    job = json.loads(sys.stdin.buffer.read())
    sys.path[:] = job["path"]
    _die_with_parent()
    _limit(job["memory_bytes"])
    # NOTE: an import may put anything in their place
    dumps, write, leave = json.dumps, os.write, os._exit
    for report in examine(job):
        write(report_fd, dumps(report).encode() + b"\n")
    # NOTE: threads and exit handlers of the extension have no say in when this ends
    leave(0)


def examine(job: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The stages of a probe as they begin, and the verdict at the end."""
    yield {"stage": "import"}
    before = Traces()
    started = time.perf_counter()
    loaded, problem = _imported(job["target"])
    verdict: dict[str, Any] = {"problems": [], "import_s": time.perf_counter() - started}
    disturbed = [(Code[name], f"the import {what}") for name, what in before.disturbed()]
    if problem is not None:
        yield {"verdict": verdict | {"problems": [problem]}}
        return
    contract = contract_of(job["family"])
    verdict["problems"] = [_problem(code, message) for code, message in _breaches(contract, loaded, job)]
    if not verdict["problems"]:
        verdict |= _facts(contract, loaded)
        workshop = Workshop(job)
        for instance in job["instances"]:
            yield {"stage": "construct", "place": instance["place"]}
            # NOTE: what stands around all objects of a seat says the same of each
            found = _built(loaded, instance, workshop)
            verdict["problems"] += [problem for problem in found if problem not in verdict["problems"]]
    verdict["problems"] += [_problem(code, what) | {"severity": "warning"} for code, what in disturbed]
    yield {"verdict": verdict}


def _breaches(contract: Contract, loaded: Any, job: Mapping[str, Any]) -> list[tuple[Code, str]]:
    if not job.get("protocol"):
        return breaches(contract, loaded)
    protocol, problem = _imported(job["protocol"])
    if problem is not None:
        return [(Code.BAD_ENTRY_POINT, f"the Protocol of {contract.family} drivers: {problem['message']}")]
    return driver_breaches(protocol, loaded)


def _die_with_parent() -> None:
    # NOTE: who reads a configuration for a reload may be killed meanwhile, and an import that hangs would stay for ever
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _imported(target: str) -> tuple[Any, dict[str, Any] | None]:
    module_name, _, attribute = target.partition(":")
    try:
        loaded: Any = importlib.import_module(module_name.strip())
        for part in attribute.split("[")[0].strip().split(".") if attribute else ():
            loaded = getattr(loaded, part)
    except BaseException as error:  # noqa: BLE001  # this process is there to find out what an import raises
        return None, _failed_import(error, module_name.strip(), target)
    return loaded, None


def _failed_import(error: BaseException, module: str, target: str) -> dict[str, Any]:
    where = place_of(error)
    if isinstance(error, ModuleNotFoundError):
        return _missing_module(error, module, target)
    if isinstance(error, AttributeError) and not where:
        return _problem(Code.BAD_ENTRY_POINT, f"the entry point {target} leads nowhere: {said(error)}")
    if isinstance(error, SystemExit):
        return _problem(Code.IMPORT_EXITED, f"the import raised {said(error)}{where}")
    if isinstance(error, MemoryError):
        return _problem(Code.MEMORY, f"the import raised {said(error)}{where}")
    if isinstance(error, (ValueError, TypeError)) and not where:
        return _problem(Code.BAD_ENTRY_POINT, f"the entry point {target!r} is not `module:attribute`: {said(error)}")
    return _problem(Code.IMPORT_RAISED, f"{said(error)}{where}")


def _missing_module(error: ModuleNotFoundError, module: str, target: str) -> dict[str, Any]:
    name = error.name or ""
    if module == name or module.startswith(f"{name}."):
        return _problem(Code.BAD_ENTRY_POINT, f"the entry point {target} leads nowhere: {said(error)}")
    if name.partition(".")[0] == module.partition(".")[0]:
        return _problem(Code.BAD_ENTRY_POINT, f"a module of its own is missing: {said(error)}{place_of(error)}")
    remedy = f"pip install the distribution that has the module {name!r}"
    return _problem(Code.MODULE_MISSING, f"{said(error)}{place_of(error)}", remedy)


def _facts(contract: Contract, loaded: Any) -> dict[str, Any]:
    sides = ("inside", "outside") if contract.kind == "middleware" else ()
    return {
        **(hook_facts(loaded) if contract.kind == "hook" else {"hooks": []}),
        "paths": look_at(contract.family, loaded).paths,
        **{side: list(getattr(loaded, side, ())) for side in sides},
        "settings": schema_of(config_type(loaded)),
        "summary": str(loaded.__doc__ or "").strip().partition("\n")[0],
    }


def _built(loaded: Any, instance: Mapping[str, Any], workshop: Workshop) -> list[dict[str, Any]]:
    place = instance["place"]
    if instance["kind"] == "named":
        # NOTE: with what it will be built is known to whoever asks for it
        return []
    try:
        unusable = _without_a_hook(loaded, instance)
        if unusable:
            return [unusable]
        config, problems = settings_for(loaded, instance["config"], place)
        told = [problem.as_dict() | {"code": problem.code.name} for problem in problems]
        if config is None and problems:
            return told
        _construct(loaded, config, instance, workshop)
    except NotTried:
        pass
    except Disabled as error:
        off = _problem(Code.SWITCHED_OFF, f"it is left out: {error.message}", place=join(place, error.path))
        return [*told, off | {"severity": "warning"}]
    except ConfigError as error:
        code = Code.UNUSABLE if isinstance(error, Unusable) else Code.SETTINGS
        return [_problem(code, error.message, place=join(place, error.path))]
    except BaseException as error:  # noqa: BLE001  # see _imported
        code = Code.MEMORY if isinstance(error, MemoryError) else Code.CONSTRUCTION
        return [_problem(code, f"the construction raised {said(error)}{place_of(error)}", place=place)]
    return told


def _without_a_hook(loaded: Any, instance: Mapping[str, Any]) -> dict[str, Any] | None:
    callable_here = instance["hooks"]
    if not callable_here or set(callable_here) & set(hooks_of(loaded)):
        return None
    message = f"{loaded.__name__} has none of the hooks that are called here: {', '.join(callable_here)}"
    return _problem(Code.SETTINGS, message, "list it at the seat whose hooks it has", place=instance["place"])


def _construct(loaded: Any, config: Any, instance: Mapping[str, Any], workshop: Workshop) -> None:
    if issubclass(loaded, Extension):
        loaded(config, Context(name=instance["name"], log=logging.getLogger("probe"), **instance["settings"]))
    elif instance["kind"] == "driver":
        loaded(config)
    elif instance["kind"] == "middleware":
        settings = workshop.settings(instance, config)
        applies = condition(loaded)
        if applies is None or applies(settings):
            loaded(settings, _never)


async def _never(_: Request) -> Response:
    raise RuntimeError("the probe sends no requests")


def _problem(code: Code, message: str, remedy: str = "", place: str = "") -> dict[str, Any]:
    return Problem(code, place, message, remedy).as_dict() | {"code": code.name}


if __name__ == "__main__":
    main(sys.argv[1:])
