"""A finished run: its measurements and what they were made on."""
from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import Cell, cells
from benchmarks.gateways.contract import Gateway
from benchmarks.rounds import Boot, Plan, Sample
from benchmarks.stage import Memory

SCHEMA = "krakpy.benchmarks/1"


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where and when."""

    date: str
    processor: str
    cores: int
    kernel: str
    python: str
    load: float
    """The mean number of running processes in the minute before: above 0.3 somebody else was at work."""

    @classmethod
    def here(cls, cores: int) -> Machine:
        """This one, now."""
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        return cls(
            date=datetime.now(UTC).strftime("%Y-%m-%d"), processor=names[0] if names else platform.machine(),
            cores=cores, kernel=platform.release(), python=platform.python_version(), load=os.getloadavg()[0],
        )


@dataclass(frozen=True, kw_only=True)
class Results:
    """All that was measured."""

    machine: Machine
    plan: Plan
    samples: Sequence[Sample]
    boots: Sequence[Boot]
    memory: Sequence[Memory]

    @property
    def cells(self) -> list[Cell]:
        """The median of the rounds, for each gateway and workload."""
        return cells(self.samples)

    @property
    def gateways(self) -> list[str]:
        """The gateways that were measured, in the order of the plan."""
        return [gateway.name for gateway in self.plan.gateways]

    def as_dict(self) -> dict[str, Any]:
        """The stable JSON form: the cells, and every measurement they were made of."""
        return {
            "schema": SCHEMA,
            "machine": asdict(self.machine),
            "rounds": self.plan.rounds, "seconds": self.plan.seconds, "connections": self.plan.connections,
            "gateways": {gateway.name: _version(gateway) for gateway in self.plan.gateways},
            "workloads": {workload.name: workload.what for workload in self.plan.workloads},
            "cells": [asdict(cell) for cell in self.cells],
            "samples": [asdict(sample) for sample in self.samples],
            "boots": [asdict(boot) for boot in self.boots],
            "memory": [asdict(memory) for memory in self.memory],
        }


def _version(gateway: Gateway) -> str:
    return "" if gateway.missing() else gateway.version()
