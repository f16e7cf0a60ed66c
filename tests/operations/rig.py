"""A gateway under the eyes of the strict client, and what an operator does to it."""
from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from krakpy.cli.masters import asked
from krakpy.server import control_paths
from tests.faults.gateways import Gateway, environment, written

__all__ = ["Operated", "config_of", "written"]


def config_of(upstream_port: int, *more: str, **root: Any) -> dict[str, Any]:
    """One endpoint, `/fine/{nonce}`, and one with an answer after 200 ms; `more` are names of further endpoints."""
    host = [f"http://127.0.0.1:{upstream_port}"]

    def endpoint(name: str, kind: str) -> dict[str, Any]:
        backend = {"url_pattern": f"/{kind}/{{nonce}}", "host": host, "encoding": "no-op"}
        return {"endpoint": f"/{name}/{{nonce}}", "output_encoding": "no-op", "backend": [backend]}

    names = {"fine": "fine", "slow": "slow-200", **{name: name for name in more}}
    return {"endpoints": [endpoint(name, kind) for name, kind in names.items()], **root}


class Operated(Gateway):
    """`krakpy run` whose control socket nobody else has, so that `krakpy status` finds no other gateway."""

    def __init__(self, config: Path, **options: Any) -> None:
        self.folder = config.parent
        self.config = config
        self._site = options.get("site")
        super().__init__(config, **{"XDG_RUNTIME_DIR": str(self.folder), **options})

    def krakpy(self, *words: str, within_s: float = 60.0) -> subprocess.CompletedProcess[str]:
        """A command of the operator's."""
        command = [sys.executable, "-m", "krakpy", *words]
        environ = environment(self._site, XDG_RUNTIME_DIR=str(self.folder))
        return subprocess.run(command, capture_output=True, text=True, timeout=within_s, check=False, env=environ)

    def status(self) -> dict[str, Any]:
        """What the master says of itself."""
        path = control_paths.default({"XDG_RUNTIME_DIR": str(self.folder)}, self.process.pid)
        return next(asked(path, "status", within_s=30))

    def reload(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit status and outcome."""
        done = self.krakpy("reload", "--json", *words)
        return done.returncode, dict(json.loads(done.stdout))

    def write(self, config: Mapping[str, Any]) -> None:
        """Another configuration, in place at once."""
        aside = self.folder / "aside"
        aside.mkdir(exist_ok=True)
        os.replace(written(aside, config), self.config)

    def serving(self) -> list[int]:
        """The workers that serve."""
        return [worker["pid"] for worker in self.status()["workers"] if worker["state"] == "ready"]

    def until(self, condition: Callable[[], object], within_s: float = 30.0) -> None:
        """Wait until something is the case."""
        self.wait_for(condition, within_s)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def is_free(port: int) -> bool:
    """Whether somebody else can listen there."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def eventually(condition: Callable[[], object], within_s: float = 30.0) -> None:
    """Wait until something is the case."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)
