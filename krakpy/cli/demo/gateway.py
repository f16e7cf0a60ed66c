"""The demo's gateway: `krakpy run` in a process of its own, as an operator would start it.

    async with Gateway(folder, upstream="http://127.0.0.1:9000") as gateway:
        await gateway.ask("/welcome/7")
"""
from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from http.client import HTTPConnection, HTTPException
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, Self

from krakpy.cli.demo.packages import install

READY_WITHIN_S = 20.0
HEALTHY_WITHIN_S = 1.0
ANSWERED_WITHIN_S = 10.0
STOPPED_WITHIN_S = 5.0

#: what of this process' environment would change the demo's configuration or gunicorn's settings
_FOREIGN = ("KRAKPY_", "KRAKEND_", "FC_", "GUNICORN_", "ACME_", "WEB_CONCURRENCY")


class Answer(NamedTuple):
    """What the gateway answered."""

    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: str

    @property
    def document(self) -> Any:
        """The body, if it is JSON; else None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class NotServing(Exception):
    """The gateway ended, or did not serve in time."""


class Gateway:
    """Runs while its `async with` block lasts; everything it needs is in one folder."""

    def __init__(self, folder: Path, *, upstream: str, port: int | None = None) -> None:
        self.folder = folder
        self.config = folder / "krakend.json"
        self.log = folder / "gateway.log"
        self.port = port or free_port()
        self.ready_s = 0.0
        self._process: asyncio.subprocess.Process | None = None
        text = files("krakpy.cli.demo").joinpath("krakend.json").read_text("utf-8")
        self.config.write_text(text.replace("{{upstream}}", upstream), "utf-8")
        install(folder / "site")

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        with self.log.open("wb") as log:
            words = ("run", "-c", str(self.config), "-p", str(self.port), "--workers", "1")
            self._process = await self._krakpy(*words, stdout=log, stderr=log)
        try:
            await self._ready(time.monotonic())
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    async def ask(self, path: str) -> Answer:
        """GET."""
        return await asyncio.to_thread(_get, self.port, path, ANSWERED_WITHIN_S)

    async def doctor(self) -> dict[str, Any]:
        """What `krakpy ext doctor --json` says of the demo's configuration."""
        words = ("ext", "doctor", "-c", str(self.config), "--json")
        process = await self._krakpy(*words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
        output, _ = await process.communicate()
        said: dict[str, Any] = json.loads(output or b"{}")
        return said

    async def ended(self) -> int:
        """Wait for its end; its exit status."""
        assert self._process is not None, "entered"
        return await self._process.wait()

    async def _krakpy(self, *words: str, **streams: Any) -> asyncio.subprocess.Process:
        # NOTE: -P, so that nothing in the current folder is imported by accident
        command = (sys.executable, "-P", "-m", "krakpy", *words)
        return await asyncio.create_subprocess_exec(
            *command, env=environment(self.folder / "site"), start_new_session=True, **streams
        )

    async def _ready(self, started: float) -> None:
        assert self._process is not None, "started"
        while time.monotonic() - started < READY_WITHIN_S:
            if self._process.returncode is not None:
                raise NotServing(f"the gateway ended with exit status {self._process.returncode}")
            if await self._is_healthy():
                self.ready_s = time.monotonic() - started
                return
            await asyncio.sleep(0.02)
        raise NotServing(f"the gateway did not serve within {READY_WITHIN_S:g} s")

    async def _is_healthy(self) -> bool:
        try:
            health = await asyncio.to_thread(_get, self.port, "/__health", HEALTHY_WITHIN_S)
        except (OSError, HTTPException):
            return False
        # NOTE: somebody else may listen on a port that was asked for; then the gateway is about to end
        return isinstance(health.document, dict) and "agents" in health.document

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOPPED_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()


def environment(site: Path) -> dict[str, str]:
    """The environment of the gateway: this process' own, with the extensions on the path and the gate open."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    path = os.pathsep.join([str(site), *filter(None, [kept.get("PYTHONPATH")])])
    return kept | {"PYTHONPATH": path, "KRAKPY_ENABLE_PLUGINS": "1"}


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now; the kernel chooses."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _get(port: int, path: str, timeout_s: float) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read().decode("utf-8", "replace"))
    finally:
        connection.close()
