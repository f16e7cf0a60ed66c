"""Where gateways run: a temporary folder, the upstream, and a process for each gateway and site that is asked for."""
from __future__ import annotations

import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import load, upstream
from benchmarks.gateways.contract import Gateway, Place
from benchmarks.processes import cores, cpu_s, pss_bytes, settled, started
from benchmarks.workloads import NOOP, PLAIN, Site, Workload

#: how long a gateway may take to answer for the first time
BOOT_S = 60.0


class StageError(Exception):
    """A process of the benchmark could not be started; says which, and the end of its log."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A gateway that answers."""

    gateway: Gateway
    site: Site
    pid: int
    port: int
    boot_s: float
    """From its spawn to its first 200."""
    boot_cpu_s: float
    idle_bytes: tuple[int, ...]
    """The memory of its processes before the first load."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """PSS of each process of a gateway, before and after the load."""

    gateway: str
    idle_bytes: tuple[int, ...]
    loaded_bytes: tuple[int, ...]


class Stage:
    """Starts what is asked for once, and ends all of it with the `with` block."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        here = cores()
        self.cores = len(here)
        self.gateway_core, self.load_core = here[0], here[min(1, len(here) - 1)]
        self._running: dict[tuple[str, Site], Running] = {}
        self._failed: dict[tuple[str, Site], StageError] = {}
        self._answers: dict[tuple[str, str], int] = {}

    def __enter__(self) -> Stage:
        self._stack.enter_context(settled(self.load_core))
        self.folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="krakpy-benchmark-")))
        try:
            self._start_upstream()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def running(self, gateway: Gateway, site: Site) -> Running:
        """The gateway with this site, started if it was not yet."""
        key = gateway.name, site
        if key not in self._running:
            self._running[key] = self._stack.enter_context(self.booted(gateway, site))
        return self._running[key]

    def memory(self) -> list[Memory]:
        """What the gateways hold that ran with the plain site."""
        return [
            Memory(gateway=name, idle_bytes=one.idle_bytes, loaded_bytes=tuple(pss_bytes(one.pid)))
            for (name, site), one in self._running.items() if site == PLAIN
        ]

    @contextmanager
    def booted(self, gateway: Gateway, site: Site) -> Iterator[Running]:
        """A process of its own, which has answered; StageError if it does not, or did not before."""
        if failed := self._failed.get((gateway.name, site)):
            raise failed
        folder = Path(self._stack.enter_context(TemporaryDirectory(prefix=f"{gateway.name}-", dir=self.folder)))
        place = Place(
            folder=folder, port=free_port(), upstream_port=self.upstream_port,
            certificate=self.folder / "certificate.pem", key=self.folder / "key.pem",
        )
        if site.tls:
            _certify(place)
        start, log = gateway.start(site, place), folder / "output.log"
        began = time.monotonic()
        with started(start.command, core=self.gateway_core, log=log, environment=start.environment) as process:
            try:
                _await(f"{site.scheme}://127.0.0.1:{place.port}{NOOP.path}", process, log, gateway.name)
            except StageError as error:
                self._failed[gateway.name, site] = error
                raise
            boot_s = time.monotonic() - began
            yield Running(
                gateway=gateway, site=site, pid=process.pid, port=place.port, boot_s=boot_s,
                boot_cpu_s=cpu_s(process.pid), idle_bytes=tuple(pss_bytes(process.pid)),
            )

    def answer_bytes(self, running: Running, workload: Workload) -> int:
        """The size of the answer to a workload, looked at once; LoadError if it is not the right one."""
        key = running.gateway.name, workload.name
        if key not in self._answers:
            self._answers[key] = load.ask(workload, running.port)
        return self._answers[key]

    def _start_upstream(self) -> None:
        self.upstream_port = free_port()
        log = self.folder / "upstream-output.log"
        command = upstream.command(self.folder, self.upstream_port)
        process = self._stack.enter_context(started(command, core=self.load_core, log=log))
        _await(f"http://127.0.0.1:{self.upstream_port}/small", process, log, "the upstream")


def free_port() -> int:
    """A TCP port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(url: str, process: subprocess.Popen[bytes], log: Path, name: str) -> None:
    """Ask until there is a 200."""
    context, last = ssl._create_unverified_context(), "nobody listens"
    deadline = time.monotonic() + BOOT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5, context=context):
                return
        except (urllib.error.URLError, OSError) as error:
            last = str(error)
        time.sleep(0.002)
    ended = "" if process.poll() is None else f", ended with {process.returncode}"
    raise StageError(f"{name} does not answer{ended}: {last}\n{log.read_text(errors='replace')[-2000:]}")


def _certify(place: Place) -> None:
    """A certificate for 127.0.0.1, made once."""
    if not place.certificate.exists():
        command = (
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
            " -addext subjectAltName=IP:127.0.0.1"
        )
        files = ["-keyout", str(place.key), "-out", str(place.certificate)]
        subprocess.run([*command.split(), *files], check=True, capture_output=True)
