"""What one generation of workers serves, and where the next one comes from.

    source.read()                   # in a child, with a deadline: whatever may hang or crash
    source.generation(content)      # in the master: only looks at what the child has found
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from krakpy_sdk import ASGIApp

from krakpy.config.model import Tls
from krakpy.errors import Problem
from krakpy.server.limits import Limits

GRACEFUL_TIMEOUT_S = 30.0


def _nothing() -> None:
    """What is done where nothing has to be done."""


def _no_problems() -> tuple[Problem, ...]:
    return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """What its workers serve, and what their master has to know of that. Immutable, so that it can always be gone
    back to."""

    app_factory: Callable[[], ASGIApp]
    """Called in each worker, after the fork."""
    bind: str
    graceful_timeout_s: float = GRACEFUL_TIMEOUT_S
    limits: Limits = field(default_factory=Limits)
    """What clients may send, and how long they may take."""
    tls: Tls | None = None
    """What they show to clients; None for plain HTTP, or for what `settings` say."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """Settings of gunicorn that depend on the configuration."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What `krakpy status` shows of it: `config`, `extensions`."""
    rehearse: Callable[[], tuple[Problem, ...]] = _no_problems
    """What a worker would fail at; called in a child that is thrown away."""
    tend: Callable[[], None] = _nothing
    """Called in the master again and again while these workers serve: sees that the hosts' supervisor lives."""
    drop: Callable[[], None] = _nothing
    """Called in the master when these workers will not take over after all: the hosts' supervisor ends."""
    hosts: Callable[[], list[dict[str, Any]]] = list
    """What `krakpy status` shows of the processes beside the workers."""
    adopt: Callable[[], None] = _nothing
    """Called in the master when these workers have taken over: its log follows the new configuration."""


class Refusal(Exception):
    """A generation that may not take over, with every reason."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Source(Protocol):
    """Where generations come from."""

    def read(self) -> bytes:
        """All that the next generation needs, or what forbids it; called in a child of the master's."""

    def generation(self, content: bytes, running: Generation) -> Generation:
        """The next generation; Refusal if it may not take over from the one that is running.

        Called in the master, with what `read` gave: it must neither wait for anything nor run anybody else's code.
        """


class Fixed:
    """The source of an application that never changes: a reload replaces the workers."""

    def read(self) -> bytes:
        return b""

    def generation(self, content: bytes, running: Generation) -> Generation:  # noqa: ARG002  # there is only one
        return running


_fixed: type[Source] = Fixed
