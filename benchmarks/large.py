"""What a large configuration costs: to check it, to start it, and to hold it in a worker.

    python -m benchmarks.large [--endpoints 1000] [--backends 3] [--rounds 5] [--write krakend.json]
"""
from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROUNDS = 5
#: how long a start may take before it counts as failed
PATIENCE_S = 60.0

_HOSTS = [f"http://service-{number}.test:8080" for number in range(12)]
_HEAD = b"GET /__health HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n"


def configuration(endpoints: int, backends: int) -> dict[str, Any]:
    """A configuration of so many endpoints, whose backends use every manipulation where there are several of them."""
    return {
        "version": 3,
        "name": "large",
        "timeout": "2s",
        "extra_config": {"router": {"disable_access_log": True}},
        "endpoints": [_endpoint(number, backends) for number in range(endpoints)],
    }


def _endpoint(number: int, backends: int) -> dict[str, Any]:
    endpoint: dict[str, Any] = {
        "endpoint": f"/area-{number % 25}/thing-{number}/{{id}}/part/{{name}}",
        "method": ("GET", "POST", "PUT", "DELETE")[number % 4],
        "input_headers": ["Authorization", "X-Request-Id"],
        "input_query_strings": ["page", "size"],
        "backend": [_backend(number, index) if backends > 1 else _plain(number) for index in range(backends)],
    }
    if backends > 1:
        moved = {"type": "move", "args": [f"part-{number}.owner.id", f"part-{number}.owner_id"]}
        endpoint["extra_config"] = {"proxy": {"flatmap_filter": [moved]}}
    return endpoint


def _plain(number: int) -> dict[str, Any]:
    return {"url_pattern": f"/v1/things-{number}/{{id}}/{{name}}", "host": [_HOSTS[number % len(_HOSTS)]]}


def _backend(number: int, index: int) -> dict[str, Any]:
    backend = {**_plain(number + index), "group": f"part-{number}" if index == 0 else f"more-{index}"}
    if index % 3 == 0:
        allowed = ["id", "name", "owner.id", "links.self.href"]
        return {**backend, "allow": allowed, "mapping": {"name": f"name_{number}"}}
    if index % 3 == 1:
        return {**backend, "target": "data", "deny": ["secret", "owner.mail"], "mapping": {"id": "key", "at": "time"}}
    operations = [
        {"type": "move", "args": ["rows.*.a.b", f"rows.*.b_{number}"]}, {"type": "del", "args": ["rows.*.c", "trace"]},
    ]
    return {**backend, "extra_config": {"proxy": {"flatmap_filter": operations}}}


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """What one start cost."""

    boot_s: float
    """From the command to the first 200."""
    boot_cpu_s: float
    """Processor time of master and worker until then."""
    pss_mb: float
    """What the worker holds, shared pages divided by those who share them."""
    rss_mb: float
    """What the worker holds, shared pages counted in full."""
    private_mb: float
    """What the worker holds alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What one `krakpy check` cost."""

    wall_s: float
    cpu_s: float


def check(path: Path) -> Check:
    """What `krakpy check` costs; RuntimeError when it finds the configuration wrong."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(_krakpy("check", "-c", str(path)), capture_output=True, text=True, check=False)
    wall_s, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return Check(wall_s=wall_s, cpu_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def start(path: Path) -> Start:
    """What a start with one worker costs, until it answers; it is ended afterwards."""
    port = _free_port()
    began = time.monotonic()
    with _gateway(path, port) as master:
        while not _is_well(port):
            if master.poll() is not None or time.monotonic() > began + PATIENCE_S:
                raise RuntimeError("the gateway does not answer")
            time.sleep(0.005)
        boot_s = time.monotonic() - began
        [worker] = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
        held = _held(int(worker))
        return Start(
            boot_s=boot_s,
            boot_cpu_s=_cpu_s(master.pid) + _cpu_s(int(worker)),
            pss_mb=held["Pss"],
            rss_mb=held["Rss"],
            private_mb=held["Private_Clean"] + held["Private_Dirty"],
        )


@contextmanager
def _gateway(path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = _krakpy("run", "-c", str(path), "-p", str(port), "--workers", "1")
    master = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield master
    finally:
        master.terminate()
        master.wait()


def _krakpy(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "krakpy", *arguments]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_well(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(_HEAD)
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _held(pid: int) -> dict[str, float]:
    """The sums of a process's memory in megabytes (2^20 bytes)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(value.split()[0]) / 1024 for name, _, value in (line.partition(":") for line in lines)}


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(path: Path, rounds: int = ROUNDS) -> dict[str, float]:
    """The least of several rounds, each figure for itself."""
    found = [{**_prefixed("check", check(path)), **_prefixed("start", start(path))} for _ in range(rounds)]
    return {name: min(figures[name] for figures in found) for name in found[0]}


def _prefixed(prefix: str, figures: Check | Start) -> dict[str, float]:
    return {f"{prefix}.{name}": value for name, value in asdict(figures).items()}


def main() -> None:
    """Write a configuration and measure it, or only write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--endpoints", type=int, default=1000)
    parser.add_argument("--backends", type=int, default=3, help="of each endpoint; one has no manipulations")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--write", type=Path, help="only write the configuration to this file")
    arguments = parser.parse_args()
    text = json.dumps(configuration(arguments.endpoints, arguments.backends), indent=1)
    if arguments.write:
        arguments.write.write_text(text)
        return
    folder = Path(tempfile.mkdtemp(prefix="krakpy-large-"))
    try:
        path = folder / "krakend.json"
        path.write_text(text)
        json.dump(measure(path, arguments.rounds), sys.stdout, indent=1)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
