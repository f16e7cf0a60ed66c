"""One slice of load by wrk, and the single request before it that shows the answer is right."""
from __future__ import annotations

import http.client
import json
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.workloads import Workload

#: wrk's last words are ours: exact percentiles, and errors by kind
_SCRIPT = """
{request}
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\\n{mark}{{"requests":%d,"bytes":%d,"us":%d,"p50_us":%d,"p99_us":%d,"refused":%d,"socket":%d}}\\n',
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
    e.status, e.connect + e.read + e.write + e.timeout))
end
"""
_MARK = "MEASURED "
#: how long an answer may take before it counts as lost
TIMEOUT_S = 10


@dataclass(frozen=True, kw_only=True)
class Slice:
    """What wrk saw."""

    requests: float
    seconds: float
    p50_us: float
    p99_us: float
    refused: int
    """Answers with a status of 400 and more."""
    socket_errors: int

    @property
    def problem(self) -> str:
        """Why these figures mean nothing; empty: they do."""
        if self.refused or self.socket_errors:
            return f"{self.refused} refused, {self.socket_errors} socket errors"
        return "" if self.requests else "no answer"


class LoadError(Exception):
    """The load could not be run."""


def script(folder: Path, workload: Workload) -> Path:
    """The Lua script of a workload."""
    request = f'wrk.method = "POST"\nwrk.body = string.rep("x", {workload.body_bytes})' if workload.body_bytes else ""
    path = folder / f"{workload.name}.lua"
    path.write_text(_SCRIPT.format(request=request, mark=_MARK))
    return path


def command(workload: Workload, *, url: str, lua: Path, connections: int, seconds: int) -> list[str]:
    """How wrk is called: one thread, whole seconds (it knows no others)."""
    return [
        "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={TIMEOUT_S}s", "-s", str(lua),
        url + workload.path,
    ]


def run(workload: Workload, *, url: str, lua: Path, connections: int, seconds: int, answer_bytes: int) -> Slice:
    """Load for so many seconds on this process's core; LoadError if wrk fails."""
    called = command(workload, url=url, lua=lua, connections=connections, seconds=seconds)
    try:
        done = subprocess.run(called, capture_output=True, text=True, timeout=seconds + 30, check=False)
    except subprocess.TimeoutExpired as error:
        raise LoadError(f"wrk did not end {error.timeout - seconds:.0f} s after its time") from error
    return measured(done.stdout, answer_bytes if workload.is_bulk else 0, done.stderr)


def measured(output: str, answer_bytes: int = 0, complaint: str = "") -> Slice:
    """What wrk printed; requests are counted by bytes if the bytes of an answer are given.

    NOTE: what is under way when wrk stops was paid for by the gateway and is no request: of a thousand requests of
    1 MiB it is a tenth at 100 connections.
    """
    lines = [line for line in output.splitlines() if line.startswith(_MARK)]
    if not lines:
        raise LoadError(f"wrk printed no figures: {(complaint or output).strip()[-300:]}")
    told = json.loads(lines[-1].removeprefix(_MARK))
    return Slice(
        requests=told["bytes"] / answer_bytes if answer_bytes else told["requests"], seconds=told["us"] / 1e6,
        p50_us=told["p50_us"], p99_us=told["p99_us"], refused=told["refused"], socket_errors=told["socket"],
    )


def ask(workload: Workload, port: int) -> int:
    """One request whose answer is looked at: the bytes of it, head included; LoadError if it is not the right one."""
    connection: http.client.HTTPConnection
    if workload.site.tls:
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=TIMEOUT_S, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        body = b"x" * workload.body_bytes or None
        connection.request("POST" if body else "GET", workload.path, body)
        answer = connection.getresponse()
        given = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise LoadError(f"no answer: {error!r}") from error
    finally:
        connection.close()
    if answer.status != 200 or not workload.is_right(given):
        raise LoadError(f"a wrong answer: {answer.status}, {len(given)} B: {given[:100]!r}")
    return len(given) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders()) + 19
