"""The sacrificial child: imports one extension, checks its contract, builds it with its real settings, reports.

Run by `probe.py` as `python -P -m krakpy.extension.probe_child REPORT_FD`, with the job on standard input. Whatever the
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
from types import SimpleNamespace
from typing import Any

from krakpy_sdk import Context, Extension
from krakpy_sdk.examining import hook_facts
from krakpy_sdk.extension import hooks_of
from krakpy_sdk.messages import Request, Response

from krakpy.codes import Code
from krakpy.errors import ConfigError, Problem
from krakpy.extension.blame import place_of, said
from krakpy.extension.contracts import CONTRACTS, Contract, breaches, settings_for
from krakpy.extension.declared import look_at

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
    for report in examine(job):
        os.write(report_fd, json.dumps(report).encode() + b"\n")
    # NOTE: threads and exit handlers of the extension have no say in when this ends
    os._exit(0)


def examine(job: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The stages of a probe as they begin, and the verdict at the end."""
    yield {"stage": "import"}
    started = time.perf_counter()
    loaded, problem = _imported(job["target"])
    verdict: dict[str, Any] = {"problems": [], "import_s": time.perf_counter() - started}
    if problem is not None:
        yield {"verdict": verdict | {"problems": [problem]}}
        return
    contract = CONTRACTS[job["family"]]
    verdict["problems"] = [_problem(code, message) for code, message in breaches(contract, loaded)]
    if not verdict["problems"]:
        verdict |= _facts(contract, loaded)
        for instance in job["instances"]:
            yield {"stage": "construct", "place": instance["place"]}
            verdict["problems"] += _built(loaded, instance)
    yield {"verdict": verdict}


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
        "summary": str(loaded.__doc__ or "").strip().partition("\n")[0],
    }


def _built(loaded: Any, instance: Mapping[str, Any]) -> list[dict[str, Any]]:
    place = instance["place"]
    try:
        unusable = _without_a_hook(loaded, instance)
        if unusable:
            return [unusable]
        config, problems = settings_for(loaded, instance["config"], place)
        told = [problem.as_dict() | {"code": problem.code.name} for problem in problems]
        if config is None and problems:
            return told
        _construct(loaded, config, instance)
    except ConfigError as error:
        where = f"{place}.{error.path}" if error.path else place
        return [_problem(Code.SETTINGS, error.message, place=where)]
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


def _construct(loaded: Any, config: Any, instance: Mapping[str, Any]) -> None:
    if issubclass(loaded, Extension):
        loaded(config, Context(name=instance["name"], log=logging.getLogger("probe"), **instance["settings"]))
    elif instance["kind"] == "driver":
        loaded(config)
    else:
        settings = SimpleNamespace(**instance["settings"])
        settings.config, settings.hooks = config, ()
        settings.discover, settings.decode = (lambda: settings.hosts), None
        loaded(settings, _never)


async def _never(_: Request) -> Response:
    raise RuntimeError("the probe sends no requests")


def _problem(code: Code, message: str, remedy: str = "", place: str = "") -> dict[str, Any]:
    return Problem(code, place, message, remedy).as_dict() | {"code": code.name}


if __name__ == "__main__":
    main(sys.argv[1:])
