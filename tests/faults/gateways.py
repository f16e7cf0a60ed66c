"""A gateway as its operator runs it: `krakpy run` in a process of its own, with a folder of extensions."""
from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self

LOGGING = {"telemetry/logging": {"level": "INFO", "format": "logstash", "stdout": False}}
OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def written(folder: Path, config: Mapping[str, Any]) -> Path:
    """The configuration as a file, with the log in a form that tests can read."""
    path = folder / "krakend.json"
    extra = {**LOGGING, "router": {"disable_access_log": True}, **config.get("extra_config", {})}
    path.write_text(json.dumps({"version": 3, "listen_ip": "127.0.0.1", **config, "extra_config": extra}))
    return path


def environment(site: Path | None, **variables: str) -> dict[str, str]:
    """This process's environment with a folder of extensions, and none of its own settings for gateways."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KRAK", "FC_", "WEB_"))}
    return kept | ({"PYTHONPATH": str(site)} if site else {}) | variables


class Gateway:
    """`krakpy run` in a child; use it in a `with` block."""

    def __init__(
        self,
        config: Path,
        *,
        site: Path | None = None,
        workers: int = 2,
        arguments: tuple[str, ...] = (),
        cwd: Path | None = None,
        start_within_s: float = 30.0,
        **variables: str,
    ) -> None:
        self.port = free_port()
        self.workers = workers
        self._patience_s = start_within_s
        self._log = config.with_suffix(".log").open("w+b")
        environ = environment(site, **{**OPEN, **variables})
        command = self.command(config, arguments)
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log, cwd=cwd, env=environ)

    def command(self, config: Path, arguments: tuple[str, ...]) -> list[str]:
        """What the operator types."""
        port, workers = str(self.port), str(self.workers)
        # NOTE: the command that pip installs; `python -m` would put the current folder first
        krakpy = Path(sys.executable).with_name("krakpy")
        return [str(krakpy), "run", "-c", str(config), "-p", port, "--workers", workers, *arguments]

    def is_ready(self) -> bool:
        """Whether every worker serves."""
        return len(self.events("worker ready")) >= self.workers

    def __enter__(self) -> Self:
        try:
            self.wait_for(self.is_ready, self._patience_s)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()

    def wait_for(self, condition: Any, within_s: float) -> None:
        """Wait until something is the case; AssertionError with the log if it is not in time."""
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, self.text()
            assert self.process.poll() is None, self.text()
            time.sleep(0.02)

    def text(self) -> str:
        """The whole log."""
        return Path(self._log.name).read_text()

    def events(self, message: str = "", **fields: Any) -> list[dict[str, Any]]:
        """The events of the log that have this text and these fields."""
        return [event for event in self._events() if message in event["message"] and fields.items() <= event.items()]

    def _events(self) -> Iterator[dict[str, Any]]:
        for line in self.text().splitlines():
            if line.startswith("{") and line.endswith("}"):
                yield json.loads(line)


def at(event: Mapping[str, Any]) -> float:
    """When an event happened."""
    return datetime.fromisoformat(event["@timestamp"]).timestamp()


def refusal(config: Path, *arguments: str, site: Path | None = None, **variables: str) -> str:
    """What a gateway says that does not start; it ends with status 1."""
    command = [sys.executable, "-m", "krakpy", "run", "-c", str(config), "-p", str(free_port()), *arguments]
    environ = environment(site, **{**OPEN, **variables})
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environ)
    assert ran.returncode == 1, ran.stderr
    return ran.stdout + ran.stderr
