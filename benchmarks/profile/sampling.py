"""A gateway under load, and py-spy that looks at its busiest process."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import load
from benchmarks.gateways.contract import Gateway
from benchmarks.processes import TICK_S, cpu_s, fields, tree
from benchmarks.stage import Running, Stage
from benchmarks.workloads import CONNECTIONS, Workload


class SamplingError(Exception):
    """The sampler did not do it; says why, and what helps."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was seen."""

    cpu_us: float
    """Of one request, measured without the sampler."""
    system: float
    """The kernel's share of it."""
    text: str
    """Collapsed stacks, one a line."""


def sampler() -> str:
    """Where py-spy is; empty: nowhere."""
    beside = str(Path(sys.executable).parent)
    return shutil.which("py-spy", path=os.pathsep.join([beside, os.environ.get("PATH", "")])) or ""


def taken(gateway: Gateway, workload: Workload, *, seconds: int, rate: int, native: bool) -> Taken:
    """Measure without the sampler first, then look."""
    with Stage() as stage:
        running = stage.running(gateway, workload.site)
        stage.answer_bytes(running, workload)
        lua = load.script(stage.folder, workload)
        url = f"{workload.site.scheme}://127.0.0.1:{running.port}"
        before = {pid: _times(pid) for pid in tree(running.pid)}
        began = cpu_s(running.pid)
        seen = load.run(
            workload, url=url, lua=lua, connections=workload.connections or CONNECTIONS, seconds=max(2, seconds // 2),
            answer_bytes=stage.answer_bytes(running, workload),
        )
        cpu_us = (cpu_s(running.pid) - began) / seen.requests * 1e6
        used = {pid: (_times(pid)[0] - user, _times(pid)[1] - system) for pid, (user, system) in before.items()}
        busiest = max(used, key=lambda pid: sum(used[pid]))
        with _loaded(workload, url, lua, seconds + 2):
            text = _sampled(busiest, running, stage.folder, seconds, rate, native)
    return Taken(cpu_us=cpu_us, system=used[busiest][1] / (sum(used[busiest]) or 1), text=text)


def _times(pid: int) -> tuple[float, float]:
    """User and system seconds."""
    stat = fields(Path(f"/proc/{pid}/stat").read_text())
    return int(stat[11]) * TICK_S, int(stat[12]) * TICK_S


@contextmanager
def _loaded(workload: Workload, url: str, lua: Path, seconds: int) -> Iterator[None]:
    command = load.command(workload, url=url, lua=lua, connections=workload.connections or CONNECTIONS, seconds=seconds)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(0.5)  # until all connections are there
        try:
            yield
        finally:
            process.terminate()


def _sampled(pid: int, running: Running, folder: Path, seconds: int, rate: int, native: bool) -> str:
    output = folder / "stacks.txt"
    command = [
        sampler(), "record", "--pid", str(pid), "--rate", str(rate), "--duration", str(seconds), "--format", "raw",
        "--function", "--full-filenames", "--threads", "--output", str(output), *(["--native"] if native else []),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    if ended.returncode == 0 and output.exists():
        return output.read_text()
    told = (ended.stderr or ended.stdout).strip()[-500:]
    hint = "it needs ptrace: be root, or set kernel.yama.ptrace_scope to 0" if "ermission" in told else "try --plain"
    raise SamplingError(f"py-spy could not look at {running.gateway.name}: {told}; {hint}")
