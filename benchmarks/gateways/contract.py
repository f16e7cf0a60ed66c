"""What the benchmark must know of a gateway."""
from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.workloads import Site, Workload


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a gateway runs: a folder of its own, its port and that of the upstream."""

    folder: Path
    port: int
    upstream_port: int
    certificate: Path
    key: Path

    def write(self, name: str, text: str) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_text(text)
        return path


@dataclass(frozen=True)
class Start:
    """How a gateway is started."""

    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Gateway(Protocol):
    """A gateway: what it is called, whether it is here, what it can do and how it is started."""

    @property
    def name(self) -> str:
        """What the tables call it."""

    def missing(self) -> str:
        """What to install before it can run; empty: nothing."""

    def version(self) -> str:
        """Which one it is."""

    def can(self, workload: Workload) -> bool:
        """Whether it is able to do this."""

    def start(self, site: Site, place: Place) -> Start:
        """Write what it reads, and say how it is started."""


def absent(binary: str, remedy: str) -> str:
    """The remedy, if there is no such program."""
    return "" if shutil.which(binary) else remedy
