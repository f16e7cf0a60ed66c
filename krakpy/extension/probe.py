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
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any

import msgspec

from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate
from krakpy.extension.probe_process import spawned

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
    offers: Mapping[str, Any] = field(default_factory=dict)
    """The drivers that it may ask for by name: see `krakpy.extension.offers`."""
    env: tuple[str, ...] | None = ()
    """The variables that it sees beside the usual ones; None: all."""
    protocol: str = ""
    """For such a driver: where the Protocol of its family is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the child."""

    candidate: Candidate
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    import_s: float = 0.0
    hooks: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = None
    """The parts of documents that it looks at, as it declares them; None: everything."""
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    takes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each hook the arguments that it declares."""
    wants_body: bool = False
    """Whether its hooks ask for the bodies of messages."""
    is_safe: bool = False
    """Whether it declares that a call of it may be made twice."""
    summary: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The JSON Schema of its settings."""
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
    with (
        tempfile.TemporaryFile() as asked,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryDirectory(prefix="krakpy-probe-", ignore_cleanup_errors=True) as folder,
    ):
        asked.write(json.dumps({**_as_json(job), "folder": folder}).encode())
        asked.seek(0)
        child, report_fd = spawned(job.candidate.python, job.env, asked, output, folder)
        try:
            reports, is_late = _read(child, report_fd, time.monotonic() + job.deadline_s)
        finally:
            os.close(report_fd)
            _end(child)
        return _verdict(job, reports, is_late, child.returncode, _tail(output))


def _as_json(job: Job) -> dict[str, Any]:
    # PERF: what the service says is the same for all uses, and sent once
    said = (use.settings["service"] for use in job.instances if "service" in use.settings)
    service: Mapping[str, Any] = next(said, {})
    return {
        "service": service,
        "offers": job.offers,
        "protocol": job.protocol,
        "target": job.candidate.target,
        "family": job.candidate.family,
        "path": [entry for entry in sys.path if entry],
        "memory_bytes": job.memory_bytes,
        "instances": [_use_as_json(use) for use in job.instances],
    }


def _use_as_json(use: Instance) -> dict[str, Any]:
    told = {name: getattr(use, name) for name in Instance.__slots__}
    return told | {"settings": {name: value for name, value in use.settings.items() if name != "service"}}


def _read(child: subprocess.Popen[bytes], fd: int, deadline: float) -> tuple[list[dict[str, Any]], bool]:
    """The child's reports until its verdict, its end or the deadline; True if it was the deadline."""
    received = b""
    while b'"verdict"' not in received or not received.endswith(b"\n"):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return _reports(received), True
        # NOTE: a grandchild may hold the pipe open for ever, so the child's own end is looked at too
        has_ended = _has_ended(child)
        readable, _, _ = select.select([fd], [], [], 0 if has_ended else min(remaining, 0.05))
        chunk = os.read(fd, 65536) if readable else b""
        if not chunk and (readable or has_ended):
            return _reports(received), False
        received += chunk
    return _reports(received), False


def _reports(received: bytes) -> list[dict[str, Any]]:
    """What the child reported, one object a line; an extension that writes to strange descriptors is not heard."""
    reports = []
    for line in received.split(b"\n")[:-1]:
        try:
            reports.append(msgspec.json.decode(line, type=dict[str, Any]))
        except ValueError:
            continue
    return reports


def _has_ended(child: subprocess.Popen[bytes]) -> bool:
    # NOTE: looks without reaping, so that the number of its process group stays its own
    try:
        return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _end(child: subprocess.Popen[bytes]) -> None:
    """Reap the child, and end whatever it has left behind."""
    patience = time.monotonic() + 0.2
    while not _has_ended(child) and time.monotonic() < patience:
        time.sleep(0.001)
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def _tail(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - OUTPUT_BYTES))
    return output.read().decode("utf-8", "replace")


def _verdict(job: Job, reports: list[dict[str, Any]], is_late: bool, status: int, output: str) -> Verdict:
    verdict = next((report["verdict"] for report in reports if "verdict" in report), None)
    if verdict is None:
        problems = tuple(_without_verdict(job, reports, is_late, status, output))
        return Verdict(job.candidate, problems, output=output)
    told = [_told(job, problem) for problem in verdict["problems"]]
    return Verdict(
        job.candidate,
        tuple(problem for problem in told if problem.severity == "error"),
        (*_slow(job, verdict["import_s"]), *(problem for problem in told if problem.severity == "warning")),
        import_s=verdict["import_s"],
        hooks=tuple(verdict.get("hooks", ())),
        paths=_paths(verdict.get("paths")),
        inside=tuple(verdict.get("inside", ())),
        outside=tuple(verdict.get("outside", ())),
        takes={name: tuple(names) for name, names in verdict.get("takes", {}).items()},
        wants_body=verdict.get("wants_body", False),
        is_safe=verdict.get("is_safe", False),
        summary=verdict.get("summary", ""),
        settings=verdict.get("settings", {}),
        output=output,
    )


def _paths(told: list[str] | None) -> tuple[str, ...] | None:
    return None if told is None else tuple(told)


def _told(job: Job, told: Mapping[str, Any]) -> Problem:
    code, place = Code[told["code"]], told["place"] or job.candidate.id
    remedy = told["remedy"] if told["remedy"] != code.remedy else ""
    return Problem(code, place, _named(job, told["message"]), remedy, told["severity"])


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


def _without_verdict(
    job: Job, reports: list[dict[str, Any]], is_late: bool, status: int, output: str
) -> Iterator[Problem]:
    """The problems of a child that did not come to its verdict: of the extension as a whole, or of some of its uses."""
    last = reports[-1] if reports else {}
    if last.get("stage") != "construct":
        has_begun = bool(reports) or is_late
        code, what = _cause(job, is_late, status) if has_begun else _not_begun(status, output)
        yield Problem(code, job.candidate.id, _named(job, f"the import {what}"))
        return
    code, what = _cause(job, is_late, status)
    places = [use.place for use in job.instances]
    culprit = last["place"]
    for place in places[places.index(culprit):]:
        # NOTE: what was to be constructed after it has not been tried, and the worker must not be the first to try
        where = "" if place == culprit else f" at {culprit}, and this one was not tried"
        yield Problem(code, place, _named(job, f"the construction {what}{where}"))


def _cause(job: Job, is_late: bool, status: int) -> tuple[Code, str]:
    if is_late:
        return Code.TIMED_OUT, f"did not come back within {job.deadline_s:g} s"
    if status < 0:
        return Code.KILLED, f"was killed by {_signal_name(-status)}"
    return Code.IMPORT_EXITED, f"ended the process with exit status {status}"


def _not_begun(status: int, output: str) -> tuple[Code, str]:
    cause = output.strip().rpartition("\n")[2] or f"exit status {status}"
    return Code.IMPORT_EXITED, f"could not be tried: {cause}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # NOTE: realtime signals have no name
        return f"signal {number}"
