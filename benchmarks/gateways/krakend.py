"""KrakenD, from a binary that is given: it is in no package index."""
from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gateways.contract import Gateway, Place, Start
from benchmarks.krakend_config import configuration
from benchmarks.workloads import Site, Workload


@dataclass(frozen=True)
class Krakend:
    """`krakend run`; Go takes as many threads as it has cores, which is one here."""

    binary: Path | None = None
    name: str = "krakend"

    def missing(self) -> str:
        if self.binary is None:
            return "pass --krakend PATH"
        return "" if self.binary.is_file() else f"there is no {self.binary}"

    def version(self) -> str:
        told = subprocess.run([str(self.binary), "version"], capture_output=True, text=True, check=False).stdout
        found = re.search(r"\d+\.\d+\.\d+\S*", told)
        return found[0] if found else ""

    def can(self, workload: Workload) -> bool:
        return workload.kind != "hooks"

    def start(self, site: Site, place: Place) -> Start:
        path = place.write("krakend.json", json.dumps(configuration(site, place)))
        return Start([str(self.binary), "run", "-c", str(path)])


_guard: type[Gateway] = Krakend
