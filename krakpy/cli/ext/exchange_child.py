"""The child of `krakpy ext test` and `ext bench`: a gateway before a script, with one extension in it, or without.

    python -P -m krakpy.cli.ext.exchange_child REPORT_FD       # the job on standard input

Third-party code runs here; whatever becomes of this process, the parent only reads what it reports.
"""
from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from krakpy_sdk import ASGIApp, Headers, Request, Response

from krakpy.cli.ext.exchange import Asked
from krakpy.cli.ext.scripted import Script, ask
from krakpy.config.loading import load
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ConfigurationError
from krakpy.extension.gates import SWITCHES
from krakpy.extension.preparing import prepare
from krakpy.gateway import Gateway


class Records(logging.Handler):
    """What krakpy tells its log of the extension."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.told: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = getattr(record, "fields", {})
        # NOTE: the access log has nothing to say of an extension
        if "code" not in fields and not record.name.startswith("krakpy.extension"):
            return
        told = {name: str(fields[name]) for name in fields if name in ("code", "instance", "remedy", "result")}
        self.told.append({"level": record.levelname, "message": record.getMessage(), **told})


def main(arguments: list[str]) -> None:
    """Do the job and report one JSON object."""
    job = json.loads(sys.stdin.buffer.read())
    sys.path[:] = job["path"]
    records = Records()
    logger = logging.getLogger("krakpy")
    logger.handlers[:], logger.propagate = [records], False
    logger.setLevel(logging.INFO)
    report = asyncio.run(_measured(job) if job["rounds"] else _exchanged(job))
    os.write(int(arguments[0]), json.dumps({**report, "log": records.told}).encode())
    # NOTE: threads and exit handlers of the extension have no say in when this ends
    os._exit(0)


async def _exchanged(job: Mapping[str, Any]) -> dict[str, Any]:
    """One request through each configuration: without the extension, then with it."""
    asked = Asked(**job["asked"])
    try:
        before, after = [await _exchange(job[name], asked) for name in ("bare", "configuration")]
    except ConfigurationError as error:
        return {"problems": [problem.as_dict() for problem in error.problems]}
    return {"before": before, "after": after}


async def _exchange(configuration: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    script = Script(asked)
    async with _served(configuration, script) as app:
        began = time.perf_counter()
        answer = await ask(app, asked)
        took_s = time.perf_counter() - began
    asked_of_it = [_request(request) for request in script.requests]
    return {"backend": asked_of_it, "client": _response(answer), "took_s": took_s}


async def _measured(job: Mapping[str, Any]) -> dict[str, Any]:
    """What a request takes in each configuration, in seconds, in rounds that take turns."""
    asked = Asked(**job["asked"])
    taken: dict[str, list[float]] = {"without": [], "with": []}
    try:
        async with _served(job["bare"], Script(asked)) as bare, _served(job["configuration"], Script(asked)) as full:
            for number in range(job["rounds"] + 1):
                for name, app in (("without", bare), ("with", full)):
                    found = await _round(app, asked, job["calls"])
                    # NOTE: the first round is for what is made when it is first needed
                    taken[name] += found if number else []
    except ConfigurationError as error:
        return {"problems": [problem.as_dict() for problem in error.problems]}
    return taken


async def _round(app: ASGIApp, asked: Asked, calls: int) -> list[float]:
    taken = []
    for _ in range(calls):
        began = time.perf_counter()
        await ask(app, asked)
        taken.append(time.perf_counter() - began)
    return taken


@asynccontextmanager
async def _served(configuration: Mapping[str, Any], script: Script) -> AsyncIterator[ASGIApp]:
    # NOTE: it is the operator's own word that calls for this, and no gate's
    gateway = Gateway(prepare(loaded(configuration), environ={SWITCHES[0]: "1"}), lambda _: script)
    await gateway.open()
    try:
        yield gateway.app
    finally:
        await gateway.close()


def loaded(configuration: Mapping[str, Any]) -> ServiceSettings:
    """The settings of a configuration."""
    with tempfile.TemporaryDirectory(prefix="krakpy-") as folder:
        path = Path(folder, "krakend.json")
        path.write_text(json.dumps(configuration), "utf-8")
        return load(path, {}).settings


def _request(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.url,
        "headers": _pairs(request.headers),
        "body": _text(request.body),
    }


def _response(response: Response) -> dict[str, Any]:
    return {"status": response.status, "headers": _pairs(response.headers), "body": _text(response.body)}


def _pairs(headers: Headers) -> list[list[str]]:
    return sorted([name.title(), value] for name, value in headers.pairs)


def _text(body: bytes | None) -> str:
    return (body or b"").decode("utf-8", "backslashreplace")


if __name__ == "__main__":
    main(sys.argv[1:])
