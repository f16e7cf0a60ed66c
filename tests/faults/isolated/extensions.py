"""The faults that a host has to hold, each as a tiny distribution, with the statuses that its client may see."""
from __future__ import annotations

from dataclasses import dataclass

from tests.faults.extensions import CALLS, DEATHS, IMPORTS, Fault

HEAD = """
import asyncio, ctypes, json, os, resource, signal, socket, sys, threading, time
from krakpy_sdk import *
KEPT = []

def spin():
    while True:
        pass

def eat():
    while True:
        KEPT.append(bytearray(2 ** 26))

def every_descriptor(do):
    for descriptor in range(3, 64):
        try:
            do(descriptor)
        except OSError:
            pass

def leak():
    while True:
        KEPT.append(socket.socketpair())

async def swallow():
    while True:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            pass

class Hook(Extension):
"""


@dataclass(frozen=True)
class Held:
    """A fault, and what may come of a call."""

    fault: Fault
    statuses: tuple[int, ...]


def held(body: str, *statuses: int, is_async: bool = False) -> Held:
    """A hook of requests that does this."""
    define = "async def" if is_async else "def"
    lines = "".join(f"        {line}\n" for line in body.split("\n"))
    fault = Fault(f"{HEAD}    {define} endpoint_request(self, request):\n{lines}", statuses[0], "")
    # NOTE: whoever costs its host may be asked before the next one is there
    return Held(fault, (*statuses, 503) if {502, 504} & set(statuses) else statuses)


CALLED = {
    "X-20 busy loop": held("spin()", 504, 502),
    "X-20 blocking sleep": held("time.sleep(600)", 504, 502),
    "X-20 C code that holds the lock": held("ctypes.PyDLL(None).sleep(600)", 504, 502),
    "X-21 memory bomb": held("eat()", 500, 502),
    "X-22 abort": held("os.abort()", 502, 503),
    "X-22 stops itself": held("os.kill(os.getpid(), signal.SIGSTOP)", 504, 502, 503),
    "X-24 fork": held("os.fork()", 200),
    "X-24 fork that lives on": held("if not os.fork(): time.sleep(600)", 200),
    "X-25 monkey patch": held("json.dumps = json.loads = None", 200, 502, 504),
    "X-26 shared state": held("request._path = '/other'\nrequest.headers._pairs = ()", 200),
    "X-29 tasks": held("KEPT.extend(asyncio.create_task(asyncio.sleep(600)) for _ in range(1000))", 200, is_async=True),
    "X-29 descriptors": held("leak()", 500),
    "X-30 print flood": held("for _ in range(20000): print('x' * 100)", 200, 504, 502),
    "X-30 closes its output": held("os.close(1); os.close(2)", 200, 500),
    "X-30 closes everything": held("os.closerange(3, 256)", 502, 503),
    "X-31 signals": held("for number in (15, 1, 2, 17): signal.signal(number, signal.SIG_IGN)", 200),
    "X-32 stops the loop": held("asyncio.get_running_loop().stop()", 200, 502, 503, is_async=True),
    "X-32 another policy": held("asyncio.set_event_loop_policy(None)", 200),
    "X-33 globals": held("os.chdir('/'); os.environ.clear(); sys.setrecursionlimit(60)", 200, 500, 502, 503, 504),
    "X-34 thread": held("threading.Thread(target=spin, daemon=True).start()", 200, 502, 504),
    "X-35 huge answer": held("return Reply(200, body=bytes(2 ** 28))", 502, 500),
    "X-45 garbage on every descriptor": held("every_descriptor(lambda fd: os.write(fd, b'\\xff' * 64))", 502, 503, 200),
    "X-45 half-closes": held("every_descriptor(lambda fd: socket.socket(fileno=fd).shutdown(1))", 502, 503, 504),
    "X-19 ignores cancellation": held("await swallow()", 504, 502, 503, is_async=True),
    "X-27 generator": held("yield", 502),
}
SAME = {id: Held(fault, (fault.status,)) for id, fault in (IMPORTS | CALLS).items()}
# NOTE: nobody waits for a host whose import is slow; until it is there its endpoint is refused
SAME["X-10 slow"] = Held(IMPORTS["X-10 slow"], (200, 503))
ENDED = {id: Held(fault, (502, 503)) for id, fault in DEATHS.items()}
ALL = CALLED | ENDED | SAME
#: one of each kind, for every run of the tests
SOME = {
    id: ALL[id]
    for id in (
        "X-01 exception", "X-08 segfault", "X-10 slow", "setup", "X-13 async exception", "X-15 SystemExit(3)",
        "X-15 os._exit(3)", "X-19 async hang", "X-20 busy loop", "X-21 memory bomb", "X-22 segfault", "X-24 fork",
        "X-28 CRLF", "X-30 closes everything", "X-35 huge answer", "X-45 garbage on every descriptor",
    )
}  # fmt: skip
