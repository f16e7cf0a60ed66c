"""A reader with a terminal: writes the files of a page, runs its commands, and compares what they print."""
import os
import re
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.docs.pages import Block


class Printed(NamedTuple):
    """What came of a command."""

    status: int
    text: str


class Terminal:
    """One shell for a whole page, so that its environment and its jobs last; use it in a `with` block."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=environ,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._shell.stdin
        assert self._shell.stdout
        self._input, self._output = self._shell.stdin, self._shell.stdout
        self.run("set -m")  # jobs have names, for `kill %krakpy`

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.run("kill $(jobs -p); wait")
        self._input.close()
        self._shell.wait(10)
        self._output.close()

    def run(self, command: str) -> Printed:
        """What a command prints; what a job in the background prints goes to a file, `krakpy.log`."""
        if command.endswith("&"):
            command = f"{command.removesuffix('&')} > {command.split()[0]}.log 2>&1 &"
        end = uuid.uuid4().hex
        self._input.write(f"{command}\necho {end} $?\n")
        self._input.flush()
        text = ""
        for line in self._output:
            before, found, status = line.partition(end)
            text += before
            if found:
                return Printed(int(status), text)
        raise AssertionError(f"the shell ended at {command!r}: {text}")


def play(terminal: Terminal, blocks: list[Block], after: Mapping[str, Callable[[], None]]) -> int:
    """Write the files and run the commands of a page in order, on free ports; how many commands were run.

    `after` has what is done when a command was run, for what a reader has and a test has not.
    """
    ports = _free_ports("8080", "9000")
    count = 0
    for block in blocks:
        text = _with_ports(block.text, ports)
        if block.title:
            _write(terminal.folder / block.title, text)
        elif block.language == "console":
            for command, expected in _dialogue(text):
                _check(terminal, command, expected, ports)
                after.get(command, lambda: None)()
                count += 1
    return count


def _with_ports(text: str, ports: Mapping[str, str]) -> str:
    for shown, free in ports.items():
        text = text.replace(shown, free)
    return text


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _dialogue(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a block, each with what it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


def _check(terminal: Terminal, command: str, expected: str, ports: Mapping[str, str]) -> None:
    printed = terminal.run(command)
    if expected:
        assert _is_shown(expected, printed.text), f"$ {command}\n{printed.text}\nis not what is shown:\n{expected}"
    else:
        assert printed.status == 0, f"$ {command}\n{printed.text}"
    if command.startswith("krakpy run") or command == "kill %krakpy":
        port = int(ports["8080"])
        wanted = command != "kill %krakpy"
        assert _wait_until(lambda: is_open(port) == wanted), (terminal.folder / "krakpy.log").read_text()
    elif command.endswith("&"):
        assert _wait_until(lambda: is_open(int(ports["9000"]))), command


def _is_shown(expected: str, printed: str) -> bool:
    """Whether a command printed what the page shows; `...` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in expected.strip().split("..."))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


def _wait_until(condition: Callable[[], bool], within_s: float = 20.0) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_open(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_ports(*shown: str) -> dict[str, str]:
    """A free port for each port that a page shows."""
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in shown]
    ports = {port: str(server.getsockname()[1]) for port, server in zip(shown, servers, strict=True)}
    for server in servers:
        server.close()
    return ports


def plain_environment(**more: str) -> dict[str, str]:
    """The environment of a reader who has set nothing yet."""
    set_by_us = ("KRAKPY_", "KRAKEND_", "PIP_", "VIRTUAL_ENV", "PYTHON", "GUNICORN_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(set_by_us)}
    return {**kept, **more}
