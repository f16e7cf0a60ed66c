"""Processes of the benchmark: started on a core, read from /proc as a whole tree, and ended by pid.

    with started(["nginx", …], core=0, log=path) as process:
        before = cpu_s(process.pid)
"""
from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

#: how long a process may take to end when it is asked
GRACE_S = 5.0
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_CPUCLOCK_SCHED = 2


@contextmanager
def settled(core: int) -> Iterator[None]:
    """Keep this process, and what it starts without saying more, on one core; and let it open many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with _on(core):
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def cores() -> list[int]:
    """The cores this process may run on."""
    return sorted(os.sched_getaffinity(0))


@contextmanager
def started(
    command: Sequence[str], *, core: int, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process on one core, its output in a file; it and all that it started is gone afterwards."""
    with log.open("ab") as output, _on(core):
        process = subprocess.Popen(
            [*_mortal(), *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, **(environment or {})},
        )
    try:
        yield process
    finally:
        _end(process)


@contextmanager
def _on(core: int) -> Iterator[None]:
    """Be on this core for a moment: what is started meanwhile stays there."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _mortal() -> list[str]:
    """What makes a process end with the benchmark, even if that is killed."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


def _end(process: subprocess.Popen[bytes]) -> None:
    family = tree(process.pid)
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_S)
    for pid in [*family, process.pid]:
        with suppress(ProcessLookupError):
            if process.returncode is None or os.getpgid(pid) == process.pid:
                os.kill(pid, signal.SIGKILL)
    process.wait()


def tree(pid: int) -> list[int]:
    """A process and all its descendants that live."""
    parents = _parents()
    found = [pid]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def _parents() -> dict[int, int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                parents[int(entry.name)] = int(fields((entry / "stat").read_text())[1])
    return parents


def fields(stat: str) -> list[str]:
    """The fields of /proc/<pid>/stat from the third on: a name may hold spaces and parentheses."""
    return stat[stat.rindex(")") + 2 :].split()


def cpu_s(pid: int) -> float:
    """CPU seconds of a whole tree since it began: user and system, those who have ended included.

    NOTE: /proc tells 10 ms ticks, which is 1 % of a round of one second; the clock of a living process tells the same
    in nanoseconds. What has ended is only in its parent's ticks.
    """
    return sum(_living_s(member) + _ended_s(member) for member in tree(pid))


def _living_s(pid: int) -> float:
    try:
        return time.clock_gettime((~pid << 3) | _CPUCLOCK_SCHED)
    except OSError:
        return 0.0


def _ended_s(pid: int) -> float:
    """`cutime` and `cstime`: children that were waited for."""
    try:
        stat = fields(Path(f"/proc/{pid}/stat").read_text())
    except OSError:
        return 0.0
    return (int(stat[13]) + int(stat[14])) * TICK_S


def pss_bytes(pid: int) -> list[int]:
    """The memory of each process of a tree, what they share divided by the sharers; the first is the root's."""
    return [size for member in tree(pid) if (size := _pss(member))]


def _pss(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
