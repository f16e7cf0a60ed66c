"""The faults as tiny distributions: one each, named after its id in the tests."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.distributions import HOOK, Site


@dataclass(frozen=True)
class Fault:
    """One way to fail: the source of a module, and what the client and the operator see of it."""

    source: str
    status: int
    said: str
    """A part of what the log says, the class of the exception in it."""
    entry: str = "{module}:Hook"


_HEAD = """
import asyncio, ctypes, os, sys
from krakpy_sdk import *
class Hook(Extension):
"""


def call(body: str, status: int, said: str, *, is_async: bool = False) -> Fault:
    """A hook of requests that does this."""
    define = "async def" if is_async else "def"
    return Fault(f"{_HEAD}    {define} endpoint_request(self, request):\n        {body}\n", status, said)


def imported(line: str, said: str, status: int = 503) -> Fault:
    """A module that does this when it is imported."""
    return Fault(f"{line}\n{HOOK}", status, said)


IMPORTS = {
    "X-01 exception": imported("raise ValueError('secret-42')", "ValueError: secret-42, at "),
    "X-02 SyntaxError": imported("def :", "SyntaxError: invalid syntax"),
    "X-03 missing module": imported("import acme_gone", "ModuleNotFoundError: No module named 'acme_gone', at "),
    "X-04 assert": imported("assert 1 == 2", "AssertionError, at "),
    "X-05 sys.exit": imported("import sys; sys.exit()", "the import raised SystemExit, at "),
    "X-06 KeyboardInterrupt": imported("raise KeyboardInterrupt", "KeyboardInterrupt, at "),
    "X-06 GeneratorExit": imported("raise GeneratorExit", "GeneratorExit, at "),
    "X-06 BaseException": imported("class Odd(BaseException): ...\nraise Odd", "Odd, at "),
    "X-07 os._exit(3)": imported("import os; os._exit(3)", "the import ended the process with exit status 3"),
    "X-07 os._exit(0)": imported("import os; os._exit(0)", "the import ended the process with exit status 0"),
    "X-08 segfault": imported("import ctypes; ctypes.string_at(0)", "the import was killed by SIGSEGV"),
    "X-09 hang": imported("import time; time.sleep(600)", "the import did not come back within 5 s"),
    "X-10 slow": imported("import time; time.sleep(1.1)", "the import took 1.", status=200),
    "X-11 memory bomb": imported("x = bytearray(100 * 1024 ** 3)", "the import raised MemoryError, at "),
    "X-12 recursion": imported("def f(): f()\nf()", "RecursionError: maximum recursion depth exceeded, at "),
    "X-12 circular import": imported("import {module}_b", "ImportError: cannot import name 'Hook' from partially init"),
    "X-38 missing module": Fault(HOOK, 503, "leads nowhere: ModuleNotFoundError", "{module}_gone:Hook"),
    "X-38 missing attribute": Fault(HOOK, 503, "leads nowhere: AttributeError", "{module}:Gone"),
    "X-38 nonsense": Fault(HOOK, 503, "leads nowhere: ModuleNotFoundError", "!!!"),
    "X-39 an int": Fault(f"{HOOK}\nANSWER = 42", 503, "a hook is a class, not int", "{module}:ANSWER"),
    "construction": Fault(
        f"{HOOK}\n    def __init__(self, *_): raise ValueError", 503, "the construction raised ValueError, at ",
    ),
    "construction that exits": Fault(
        f"import os\n{HOOK}\n    def __init__(self, *_): os._exit(3)", 503, "the construction ended the process",
    ),
    "setup": Fault(f"{HOOK}\n    def setup(self, context): raise SystemExit(3)", 503, "setup: SystemExit: 3, at "),
}  # fmt: skip

CALLS = {
    "X-13 exception": call("raise ValueError('secret-42')", 500, "ValueError: secret-42, at "),
    "X-13 async exception": call("raise KeyError('secret-42')", 500, "KeyError: 'secret-42', at ", is_async=True),
    "X-14 SystemExit(1)": call("sys.exit(1)", 500, "SystemExit: 1, at "),
    "X-15 SystemExit(3)": call("raise SystemExit(3)", 500, "SystemExit: 3, at "),
    "X-15 SystemExit(4)": call("raise SystemExit(4)", 500, "SystemExit: 4, at ", is_async=True),
    "X-16 KeyboardInterrupt": call("raise KeyboardInterrupt", 500, "KeyboardInterrupt, at "),
    "X-17 CancelledError": call("raise asyncio.CancelledError", 500, "CancelledError, at ", is_async=True),
    "X-17 GeneratorExit": call("raise GeneratorExit", 500, "GeneratorExit, at "),
    "X-17 BaseException": call("raise BaseException('odd')", 500, "BaseException: odd, at "),
    "X-17 ExceptionGroup": call("raise ExceptionGroup('all', [ValueError()])", 500, "ExceptionGroup: all"),
    "X-18 RecursionError": call("return self.endpoint_request(request)", 500, "RecursionError: maximum"),
    "X-18 MemoryError": call("raise MemoryError", 500, "MemoryError, at "),
    "X-18 StopIteration": call("raise StopIteration", 500, "StopIteration, at "),
    "X-19 async hang": call("await asyncio.sleep(600)", 504, "Overrun: took longer than 0.2 s", is_async=True),
    "X-27 object": call("return object()", 502, "ContractError: endpoint_request returned object"),
    "X-27 coroutine": call("return asyncio.sleep(0)", 502, "ContractError: endpoint_request returned coroutine"),
    "X-28 status": call("return Reply(99)", 502, "ContractError: not a final status: 99"),
    "X-28 CRLF": call("return Patch().set_header('X-A', 'a\\r\\nb: c')", 502, "ContractError: not a value of header"),
}
DEATHS = {
    "X-15 os._exit(3)": call("os._exit(3)", 0, ""),
    "X-15 os._exit(4)": call("os._exit(4)", 0, ""),
    "X-22 os._exit(0)": call("os._exit(0)", 0, ""),
    "X-22 segfault": call("ctypes.string_at(0)", 0, ""),
    "X-22 kill": call("os.kill(os.getpid(), 9)", 0, ""),
}


def name_of(id: str) -> str:
    """The name of a fault's extension: `x_13_exception`."""
    return re.sub(r"[\W_]+", "_", id.lower()).strip("_")


def install(site: Site, faults: dict[str, Fault]) -> None:
    """Build one distribution for each fault."""
    for id, fault in faults.items():
        name, module = name_of(id), f"acme_{name_of(id)}"
        modules = {f"{module}.py": fault.source.replace("{module}", module)}
        if "{module}_b" in fault.source:
            modules[f"{module}_b.py"] = f"from {module} import Hook"
        site.add(f"acme-{name.replace('_', '-')}", hooks={name: fault.entry.format(module=module)}, modules=modules)


def endpoints(faults: dict[str, Fault], port: int) -> list[dict[str, Any]]:
    """One endpoint for each fault: `/x_13_exception/{nonce}`, in front of a backend of its own."""
    return [endpoint(name_of(id), port, [name_of(id)]) for id in faults]


def endpoint(name: str, port: int, hooks: list[str] | None = None) -> dict[str, Any]:
    """An endpoint `/name/{nonce}` whose backend's path begins with the same name."""
    backend = {"host": [f"http://127.0.0.1:{port}"], "url_pattern": f"/{name}/{{nonce}}"}
    listed = {"plugin/req-resp-modifier": {"name": hooks}} if hooks else {}
    return {"endpoint": f"/{name}/{{nonce}}", "backend": [backend], "extra_config": listed}
