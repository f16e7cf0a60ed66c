"""The probe: before any worker imports third-party code, a spawned child does, and its end is read as a verdict.

    for verdict in probe(jobs): ...     # in parallel, about as long as the slowest of them
"""
from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any

from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate

DEADLINE_S = 5.0
SLOW_IMPORT_S = 1.0
MEMORY_BYTES = 2 * 1024**3
#: how much of what the extension printed is kept
OUTPUT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Instance:
    """One use of an extension: what it is built with."""

    place: str
    name: str
    kind: str
    config: Any = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    hooks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One extension with all its uses."""

    candidate: Candidate
    instances: tuple[Instance, ...] = ()
    deadline_s: float = DEADLINE_S
    memory_bytes: int = MEMORY_BYTES


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the child."""

    candidate: Candidate
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    import_s: float = 0.0
    hooks: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    summary: str = ""
    output: str = ""
    """The end of what it printed."""

    @property
    def is_good(self) -> bool:
        """Whether a worker may import it."""
        return not self.problems


def probe(jobs: Iterable[Job]) -> tuple[Verdict, ...]:
    """The verdicts, in the order of the jobs; children run in parallel."""
    jobs = tuple(jobs)
    if not jobs:
        return ()
    with ThreadPoolExecutor(max_workers=min(len(jobs), 2 * (os.cpu_count() or 1))) as threads:
        return tuple(threads.map(_probe_one, jobs))


def _probe_one(job: Job) -> Verdict:
    with tempfile.TemporaryFile() as output:
        child, report_fd = _spawn(job, output)
        try:
            reports, is_late = _read(child, report_fd, time.monotonic() + job.deadline_s)
        finally:
            os.close(report_fd)
            _end(child)
        return _verdict(job, reports, is_late, child.returncode, _tail(output))


def _spawn(job: Job, output: IO[bytes]) -> tuple[subprocess.Popen[bytes], int]:
    job_read, job_write = os.pipe()
    report_read, report_write = os.pipe()
    # SECURITY: -P keeps the current folder and the script's folder off the path; standard input is empty
    command = [sys.executable, "-P", "-m", "krakpy.extension.probe_child", str(job_read), str(report_write)]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        pass_fds=(job_read, report_write),
        start_new_session=True,
    )
    os.close(job_read)
    os.close(report_write)
    with os.fdopen(job_write, "wb") as target:
        target.write(json.dumps(_as_json(job)).encode())
    return child, report_read


def _as_json(job: Job) -> dict[str, Any]:
    return {
        "target": job.candidate.target,
        "family": job.candidate.family,
        "path": [entry for entry in sys.path if entry],
        "memory_bytes": job.memory_bytes,
        "instances": [{name: getattr(use, name) for name in Instance.__slots__} for use in job.instances],
    }


def _read(child: subprocess.Popen[bytes], fd: int, deadline: float) -> tuple[list[dict[str, Any]], bool]:
    """The child's reports until its verdict, its end or the deadline; True if it was the deadline."""
    received = b""
    while b'"verdict"' not in received or not received.endswith(b"\n"):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return _lines(received), True
        # NOTE: a grandchild may hold the pipe open for ever, so the child's own end is looked at too
        readable, _, _ = select.select([fd], [], [], min(remaining, 0.05))
        chunk = os.read(fd, 65536) if readable else None
        if chunk == b"" or (chunk is None and child.poll() is not None):
            return _lines(received), False
        received += chunk or b""
    return _lines(received), False


def _lines(received: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in received.split(b"\n")[:-1]]


def _end(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(0.2)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _tail(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - OUTPUT_BYTES))
    return output.read().decode("utf-8", "replace")


def _verdict(job: Job, reports: list[dict[str, Any]], is_late: bool, status: int, output: str) -> Verdict:
    verdict = next((report["verdict"] for report in reports if "verdict" in report), None)
    if verdict is None:
        problem = _without_verdict(job, reports[-1] if reports else {}, is_late, status, output)
        return Verdict(job.candidate, (problem,), output=output)
    problems = tuple(_told(job, told) for told in verdict["problems"])
    return Verdict(
        job.candidate,
        problems,
        _slow(job, verdict["import_s"]),
        import_s=verdict["import_s"],
        hooks=tuple(verdict.get("hooks", ())),
        inside=tuple(verdict.get("inside", ())),
        outside=tuple(verdict.get("outside", ())),
        summary=verdict.get("summary", ""),
        output=output,
    )


def _told(job: Job, told: Mapping[str, str]) -> Problem:
    place = told["place"] or job.candidate.id
    remedy = told["remedy"] if told["remedy"] != Code[told["code"]].remedy else ""
    return Problem(Code[told["code"]], place, _named(job, told["message"]), remedy)


def _named(job: Job, message: str) -> str:
    candidate = job.candidate
    instances = sorted({use.name for use in job.instances} - {candidate.name, candidate.id})
    alias = f", instance {', '.join(instances)}" if instances else ""
    return f"{candidate.distribution} {candidate.version} ({candidate.name}{alias}): {message}"


def _slow(job: Job, import_s: float) -> tuple[Problem, ...]:
    if import_s <= SLOW_IMPORT_S:
        return ()
    message = _named(job, f"the import took {import_s:.1f} s")
    return (Problem(Code.SLOW_IMPORT, job.candidate.id, message, severity="warning"),)


def _without_verdict(job: Job, last: Mapping[str, Any], is_late: bool, status: int, output: str) -> Problem:
    stage = "the construction" if last.get("stage") == "construct" else "the import"
    place = last.get("place") or job.candidate.id
    if is_late:
        return Problem(Code.TIMED_OUT, place, _named(job, f"{stage} did not come back within {job.deadline_s:g} s"))
    if status < 0:
        name = signal.Signals(-status).name
        return Problem(Code.KILLED, place, _named(job, f"{stage} was killed by {name}"))
    if not last:
        cause = output.strip().rpartition("\n")[2] or f"exit status {status}"
        return Problem(Code.IMPORT_EXITED, place, _named(job, f"the probe could not start: {cause}"))
    return Problem(Code.IMPORT_EXITED, place, _named(job, f"{stage} ended the process with exit status {status}"))
