"""However much a backend sends, a worker takes no more memory than its limits say."""
from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from .gateways import Gateway, written
from .heavy_upstream import ANSWERS, MIB, heavy
from .threaded import Threaded

MODES = ("single", "merged", "no-op")
#: what a worker grows by when it does something for the first time, and pages that the allocator keeps
NOISE = 2 * MIB


class Worker:
    """The process that serves, seen from outside."""

    def __init__(self, gateway: Gateway) -> None:
        self.port = gateway.port
        (ready,) = gateway.events("worker ready")
        self._folder = Path(f"/proc/{ready['pid']}")

    def growth(self, act: Callable[[], object]) -> int:
        """By how many bytes it was larger than now, at most, while this was done."""
        (self._folder / "clear_refs").write_text("5")
        before = self._memory("VmRSS")
        act()
        return self._memory("VmHWM") - before

    def _memory(self, line: str) -> int:
        status = (self._folder / "status").read_text()
        return int(status.partition(f"{line}:")[2].split()[0]) * 1024

    def ask(self, path: str) -> tuple[int, int]:
        """Status and number of bytes of an answer that is read to its end, whatever end that is."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n".encode())
            begin, size = b"", 0
            while piece := client.recv(MIB):
                begin = begin or piece[:12]
                size += len(piece)
        return int(begin.split()[1]), size


def endpoints(port: int, mode: str) -> Iterator[dict[str, Any]]:
    host = [f"http://127.0.0.1:{port}"]
    for name in ANSWERS:
        others = [{"url_pattern": "/fine", "host": host, "group": "other"}] if mode == "merged" else []
        yield {
            "endpoint": f"/{mode}/{name}",
            "timeout": "2s" if name == "endless" else "60s",
            "output_encoding": "no-op" if mode == "no-op" else "json",
            "backend": [{"url_pattern": f"/{name}", "host": host}, *others],
        }


def serving(stack: ExitStack, folder: Path, limit: int) -> Worker:
    """A gateway with one worker and this limit, which has done everything once."""
    upstream = stack.enter_context(Threaded(heavy))
    config = {
        "extra_config": {"krakpy/backends": {"max_body_bytes": limit}},
        "endpoints": [endpoint for mode in MODES for endpoint in endpoints(upstream.port, mode)],
    }
    worker = Worker(stack.enter_context(Gateway(written(folder, config), workers=1)))
    for mode in MODES:
        assert worker.ask(f"/{mode}/fine")[0] == 200
    return worker


@pytest.fixture(scope="module")
def worker(tmp_path_factory: Any) -> Iterator[Worker]:
    """One for all tests."""
    with ExitStack() as stack:
        yield serving(stack, tmp_path_factory.mktemp("memory"), 10 * MIB)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["head", "fields"])
def test_c10_a_head_that_is_too_large_costs_less_than_5_mb(worker, name, mode):
    assert worker.growth(lambda: worker.ask(f"/{mode}/{name}")) < 5 * MIB


@pytest.mark.parametrize("mode", ["single", "merged"])
@pytest.mark.parametrize("name", ["long", "endless", "bomb"])
def test_c11_c12_a_body_that_is_too_large_costs_twice_the_limit_at_most(worker, name, mode):
    statuses = []
    growth = worker.growth(lambda: statuses.append(worker.ask(f"/{mode}/{name}")[0]))
    assert statuses == [200 if mode == "merged" else 500]
    assert growth <= 2 * 10 * MIB + NOISE


@pytest.mark.parametrize("name", ["long", "endless", "bomb"])
def test_c11_c12_what_no_op_streams_costs_next_to_nothing(worker, name):
    assert worker.growth(lambda: worker.ask(f"/no-op/{name}")) <= 3 * MIB


@pytest.mark.parametrize("name", ["long"])
def test_c11_a_reader_who_stalls_costs_256_kib_at_most(worker, name):
    readers = 100

    def stall(name: str = name) -> None:
        with ExitStack() as stack:
            for _ in range(readers):
                client = stack.enter_context(socket.socket())
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.connect(("127.0.0.1", worker.port))
                client.sendall(f"GET /no-op/{name} HTTP/1.1\r\nHost: gateway.test\r\n\r\n".encode())
                assert client.recv(12) == b"HTTP/1.1 200"
            settle(worker)

    # NOTE: what so many connections cost by themselves is there already when their bodies are measured
    stall("begun")
    assert worker.growth(stall) <= readers * 256 * 1024 + NOISE


def settle(worker: Worker) -> None:
    """Waits until the worker grows no more."""
    sizes = [worker._memory("VmRSS")]
    while len(sizes) < 3 or sizes[-1] > sizes[-3]:
        time.sleep(0.1)
        sizes.append(worker._memory("VmRSS"))


@pytest.mark.slow
def test_c11_the_limit_that_nobody_has_set_holds_as_well(tmp_path):
    with ExitStack() as stack:
        worker = serving(stack, tmp_path, 64 * MIB)
        for name in ("long", "endless", "bomb"):
            assert worker.growth(partial(worker.ask, f"/single/{name}")) <= 2 * 64 * MIB + NOISE
