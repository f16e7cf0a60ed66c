"""What a call costs that leaves the worker: a hook in a host, asked with 1 KiB one after the other, and 32 at once."""
from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from krakpy_sdk import Headers, Request

from benchmarks.parts.clock import Cost
from krakpy.extension.board import Board, State
from krakpy.extension.calls import Calls
from krakpy.extension.hosts import HostSpec
from krakpy.extension.slots import Slot
from krakpy.extension.supervisor import Supervisor

SOURCE = """
from krakpy_sdk import Extension, Patch

class Header(Extension):
    body = "buffer"
    def endpoint_request(self, request):
        return Patch().set_header("X-Country", "NO")

class Waiting(Extension):
    body = "buffer"
    async def endpoint_request(self, request):
        return Patch().set_header("X-Country", "NO")
"""
INSTANCE = {"place": "", "name": "bench", "config": None, "id": "bench/bench", "seat": "endpoint", "endpoint": "/"}
CALLS, TOGETHER = 4000, 32


async def measure() -> list[Cost]:
    """The costs of a `def` and of an `async def` hook."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "bench_hooks.py").write_text(SOURCE)
        sys.path.insert(0, folder)
        try:
            return [*await _of("def hook", "Header"), *await _of("async def hook", "Waiting")]
        finally:
            sys.path.remove(folder)


async def _of(name: str, hook: str) -> list[Cost]:
    supervisor = Supervisor([_spec(hook)])
    supervisor.start()
    hosts = supervisor.hosts
    assert hosts is not None, "started"
    board = Board.open(hosts.board)
    calls = Calls([Slot(hosts.socket(0))], is_safe=False, timeout_s=10.0, tell=lambda *_: None)
    calls.open()
    try:
        # NOTE: the board is a page of memory, which makes no sound
        while board.read(0).state is not State.READY or not calls.is_ready:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return [*await _alone(name, calls), await _together(name, calls)]
    finally:
        calls.close()
        await asyncio.to_thread(supervisor.stop)


def _spec(hook: str) -> HostSpec:
    return HostSpec(
        name="bench", id="bench/bench", distribution="bench", version="1", target=f"bench_hooks:{hook}",
        first_slot=0, places=("",), instances=[INSTANCE],
    )  # fmt: skip


def _request() -> Request:
    headers = Headers([(f"X-Header-{number}", "v" * 20) for number in range(8)])
    return Request("POST", "/users/7", headers=headers, body=b"x" * 1024, endpoint="/users/{id}")


async def _alone(name: str, calls: Calls) -> list[Cost]:
    request, taken = _request(), []
    for _ in range(CALLS):
        started = time.perf_counter()
        await calls.ask(0, "endpoint_request", request, None, "")
        taken.append((time.perf_counter() - started) * 1e6)
    taken.sort()
    return [
        Cost(f"isolated {name}, p50", taken[CALLS // 2], "1 KiB there and back"),
        Cost(f"isolated {name}, p99", taken[CALLS * 99 // 100], "1 KiB there and back"),
    ]


async def _together(name: str, calls: Calls) -> Cost:
    request = _request()

    async def some() -> None:
        for _ in range(CALLS // TOGETHER):
            await calls.ask(0, "endpoint_request", request, None, "")

    started = time.process_time()
    await asyncio.gather(*(some() for _ in range(TOGETHER)))
    us = (time.process_time() - started) / CALLS * 1e6
    return Cost(f"isolated {name}, CPU", us, f"of the worker, {TOGETHER} at once")
