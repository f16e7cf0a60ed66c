"""An application that misbehaves on demand, and the command that serves it: `python apps.py '{"bind": …}'`.

The file `plan` says what a worker does when it loads the application; a test may rewrite it while the gateway runs.
"""
import asyncio
import ctypes
import json
import logging
import os
import signal
import sys
import time
from pathlib import Path

from gunicorn.errors import HaltServer

from krakpy import logs
from krakpy.server.application import serve
from krakpy.server.limits import Limits

RAISED = {
    "SystemExit": SystemExit(3),
    "KeyboardInterrupt": KeyboardInterrupt(),
    "HaltServer": HaltServer("bye", 0),
    "GeneratorExit": GeneratorExit(),
    "ImportError": ImportError("no module named\nERROR forged"),
    "StopIteration": StopIteration(),
}


def misbehave(what: str) -> None:
    """Do it: `exit 3`, `raise KeyboardInterrupt`, `signal SIGSEGV`, `hang`, `crash`."""
    match what.split():
        case ["exit", code]:
            os._exit(int(code))
        case ["raise", name]:
            raise RAISED[name]
        case ["signal", name]:
            os.kill(os.getpid(), signal.Signals[name])
        case ["hang"]:
            time.sleep(3600)
        case ["crash"]:
            ctypes.string_at(0)


class App:
    """Answers with what it knows of its process; `/do/exit 3` misbehaves."""

    def __init__(self, plan: Path) -> None:
        self.loaded_in = os.getpid()
        self.plan = plan.read_text()
        if not self.plan.startswith("lifespan"):
            misbehave(self.plan)

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
            return
        if scope["path"].startswith("/do/"):
            misbehave(scope["path"].removeprefix("/do/"))
        if scope["path"] == "/slow":
            await asyncio.sleep(0.5)
        if scope["path"] == "/body":
            while (await receive()).get("more_body"):
                continue
        if scope["path"] == "/large":
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": bytes(50_000_000)})
            return
        body = json.dumps({"pid": os.getpid(), "loaded_in": self.loaded_in, "master": os.getppid()}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    async def lifespan(self, receive, send):
        await receive()
        if self.plan == "lifespan hang":
            await asyncio.Event().wait()
        if self.plan == "lifespan raise":
            raise ValueError("cannot start")
        if self.plan == "lifespan failed":
            await send({"type": "lifespan.startup.failed", "message": "no"})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    plan = Path(options.pop("plan"))
    options |= {"control": Path(options["control"])} if "control" in options else {}
    options |= {"limits": Limits(**options["limits"])} if "limits" in options else {}
    logs.configure(json=True, whole_process=True)
    log = logging.getLogger("krakpy.test")
    serve(lambda: App(plan), on_starting=lambda: logs.event(log, logging.INFO, "starting", pid=os.getpid()), **options)
