"""The child of `krakpy ext bench` for hooks: calls each one in the tier that is asked for, and tells what it took.

    python -P -m krakpy.cli.ext.bench_child REPORT_FD       # the job on standard input
"""
from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from krakpy_sdk import Headers, Request, Response

from krakpy.cli.ext.exchange import Asked
from krakpy.cli.ext.exchange_child import loaded
from krakpy.errors import ConfigurationError, ExtensionError
from krakpy.extension.gates import SWITCHES
from krakpy.extension.guard import Hook, HookCall
from krakpy.extension.manager import ExtensionManager
from krakpy.extension.preparing import prepare

#: calls before the first that counts: connections are made and caches filled
WARM_UP = 100


def main(arguments: list[str]) -> None:
    """Do the job and report one JSON object."""
    job = json.loads(sys.stdin.buffer.read())
    sys.path[:] = job["path"]
    logging.getLogger("krakpy").setLevel(logging.CRITICAL)
    report = asyncio.run(_measured(job))
    os.write(int(arguments[0]), json.dumps(report).encode())
    # NOTE: threads and exit handlers of the extension have no say in when this ends
    os._exit(0)


async def _measured(job: Mapping[str, Any]) -> dict[str, Any]:
    """What each call of each hook took, in seconds."""
    try:
        prepared = prepare(loaded(job["configuration"]), environ={SWITCHES[0]: "1"})
    except ConfigurationError as error:
        return {"problems": [problem.as_dict() for problem in error.problems]}
    manager = ExtensionManager(prepared)
    await manager.open()
    try:
        return await _of_each(manager.hooks, job)
    except ExtensionError as error:
        return {"failed": f"{error.problem.code.id} {error.problem.message}"}
    finally:
        await manager.close()


async def _of_each(hooks: Mapping[tuple[str, str], Hook], job: Mapping[str, Any]) -> dict[str, Any]:
    request, response = _messages(Asked(**job["asked"]))
    taken: dict[str, list[float]] = {}
    for name in job["hooks"]:
        call = _call_of(hooks, name)
        if call is not None:
            taken[name] = await _timed(call, request, response, job["calls"])
    return {"hooks": taken} if taken else {"failed": "no instance of it came up"}


def _call_of(hooks: Mapping[tuple[str, str], Hook], name: str) -> HookCall | None:
    """The guarded call of the first instance that has this hook."""
    found = (hook.call(name) for hook in hooks.values())
    return next((call for call in found if call is not None), None)


async def _timed(call: HookCall, request: Request, response: Response, calls: int) -> list[float]:
    taken = []
    for number in range(WARM_UP + calls):
        began = time.perf_counter()
        await call(request, response)
        if number >= WARM_UP:
            taken.append(time.perf_counter() - began)
    return taken


def _messages(asked: Asked) -> tuple[Request, Response]:
    headers, body = Headers(tuple(asked.headers.items())), asked.body.encode()
    path = asked.target.partition("?")[0]
    request = Request(asked.method, path, headers=headers, body=body, endpoint=asked.endpoint or path)
    answer = asked.answer.encode()
    try:
        data = json.loads(answer)
    except ValueError:
        data = None
    fields = Headers(tuple(asked.answer_headers.items()))
    document = data if isinstance(data, dict) else None
    return request, Response(asked.answer_status, headers=fields, body=answer, data=document)


if __name__ == "__main__":
    main(sys.argv[1:])
