"""The gateways of this user that run now, and how to talk to one of them.

    path = found(control=None, config="krakend.json", pid=None, environ=os.environ)
    for message in asked(path, "status", within_s=5.0): ...
"""
from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from krakpy.cli.options import Decorator
from krakpy.server import control_paths
from krakpy.server.control import is_answering

PATIENCE_S = 5.0
_MOST_BYTES = 64 * 1024 * 1024


class NoAnswer(Exception):
    """No gateway answers as it should; the sentence says which and why."""


class NotRunning(NoAnswer):
    """There is no such gateway."""


def master_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`-c FILE`, `--pid PID` and `--control PATH`: which gateway is meant; without any of them the only one."""
    decorators: tuple[Decorator, ...] = (
        click.option("-c", "--config", metavar="FILE", type=click.Path(), help="The gateway that serves this file."),
        click.option("--pid", type=click.IntRange(min=1), shell_complete=_complete_pid, help="The one with this pid."),
        click.option(
            "--control", metavar="PATH", type=click.Path(), envvar=control_paths.VARIABLE, show_envvar=True,
            help="The one with this control socket.",
        ),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def found(
    *, control: str | None, config: str | None, pid: int | None, environ: Mapping[str, str]
) -> Path:
    """The control socket of the gateway that is meant; NotRunning if there is none, or more than one."""
    if pid is not None:
        return _checked(control_paths.default(environ, pid), f"no gateway of this user has the pid {pid}")
    if config is None and control is not None:
        return _checked(Path(control), f"no gateway listens at {control}")
    living = {path: status for path in control_paths.sockets(environ) if (status := _status(path)) is not None}
    if config is not None:
        wanted = os.path.realpath(config)
        living = {path: status for path, status in living.items() if _file_of(status) == wanted}
    if not living:
        what = f"no gateway of this user serves {config}" if config else "no gateway of this user is running"
        raise NotRunning(what)
    if len(living) > 1:
        each = ", ".join(f"{status['pid']} serves {_file_of(status)}" for status in living.values())
        raise NotRunning(f"more than one gateway is running: say which with --pid ({each})")
    return next(iter(living))


def asked(path: Path, command: str, *, within_s: float, **more: str) -> Iterator[dict[str, Any]]:
    """The messages that the gateway answers, as they come; NoAnswer if they end early or are not in time."""
    deadline = time.monotonic() + within_s
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as gateway:
        try:
            gateway.settimeout(min(PATIENCE_S, within_s))
            gateway.connect(str(path))
            gateway.sendall(json.dumps({"control": 1, "do": command, **more}).encode() + b"\n")
            yield from _messages(gateway, deadline)
        except TimeoutError:
            raise NoAnswer(f"the gateway at {path} did not answer within {within_s:g} s") from None
        except OSError as error:
            raise NotRunning(f"no gateway answers at {path}: {error.strerror or error}") from error


def _messages(gateway: socket.socket, deadline: float) -> Iterator[dict[str, Any]]:
    received = b""
    while True:
        line, end, rest = received.partition(b"\n")
        if end:
            received = rest
            message = _message(line)
            yield message
            if message["kind"] != "progress":
                return
            continue
        gateway.settimeout(max(0.001, deadline - time.monotonic()))
        chunk = gateway.recv(65536)
        if not chunk or len(received) > _MOST_BYTES:
            raise NoAnswer("the gateway hung up before it had answered")
        received += chunk


def _message(line: bytes) -> dict[str, Any]:
    try:
        message: dict[str, Any] = json.loads(line)
        kind = message["kind"]
    except (ValueError, TypeError, KeyError):
        raise NoAnswer("what listens there is no gateway of this version") from None
    if kind == "error":
        raise NoAnswer(f"the gateway refuses: {message.get('message')}")
    return message


def _checked(path: Path, sentence: str) -> Path:
    if not path.is_socket():
        raise NotRunning(sentence)
    return path


def _status(path: Path) -> dict[str, Any] | None:
    """The status of the gateway there; None if there is none, and then its file is removed."""
    try:
        return next(asked(path, "status", within_s=PATIENCE_S))
    except NoAnswer:
        if not is_answering(path):
            path.unlink(missing_ok=True)  # NOTE: left behind by a master that was killed
        return None


def _file_of(status: Mapping[str, Any]) -> str:
    config: Mapping[str, Any] = status.get("config", {})
    return os.path.realpath(str(config.get("path", "")))


def _complete_pid(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    pids = (path.stem for path in control_paths.sockets(os.environ))
    return [CompletionItem(pid) for pid in pids if pid.startswith(incomplete)]
