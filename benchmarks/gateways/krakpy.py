"""krakpy, as an operator starts it: one worker."""
from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.gateways.contract import Gateway, Place, Start
from benchmarks.krakend_config import configuration
from benchmarks.workloads import Site, Workload

#: as the package that a hook comes from is installed
_METADATA = "Metadata-Version: 2.1\nName: benchmark-hooks\nVersion: 1.0.0\nRequires-Dist: krakpy-sdk>=1.0,<2\n"
_HOOK = '''"""A hook that looks at the request and leaves it."""
from krakpy_sdk import Extension, Request


class Looking(Extension[None]):
    """Changes nothing."""

    def endpoint_request(self, request: Request) -> None:
        return None
'''


@dataclass(frozen=True)
class Krakpy:
    """`krakpy run --workers 1`: the installed one, or that of another source tree with the same entry points."""

    name: str = "krakpy"
    tree: Path | None = None

    def missing(self) -> str:
        return "" if self.tree is None or (self.tree / "krakpy").is_dir() else f"there is no krakpy in {self.tree}"

    def version(self) -> str:
        return version("krakpy")

    def can(self, workload: Workload) -> bool:
        return True

    def start(self, site: Site, place: Place) -> Start:
        written = configuration(site, place)
        found = [] if self.tree is None else [self.tree, self.tree / "extensions" / "krakpy-sdk"]
        if site.hooks:
            found.append(_with_hooks(written, site.hooks, place))
        path = place.write("krakend.json", json.dumps(written))
        # NOTE: -P, or the folder this is run in would come first
        command = [sys.executable, "-P", "-m", "krakpy", "run", "--workers", "1", "-c", str(path)]
        return Start(command, {"PYTHONPATH": os.pathsep.join(map(str, found)), "KRAKPY_ENABLE_PLUGINS": "1"})


def _with_hooks(written: dict[str, Any], hooks: int, place: Place) -> Path:
    """Install a package with this many hooks in a folder of its own, and use them all in one endpoint."""
    names = [f"look-{number}" for number in range(hooks)]
    info = place.folder / "site" / "benchmark_hooks-1.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(_METADATA)
    lines = [f"{name} = benchmark_hooks:Looking" for name in names]
    (info / "entry_points.txt").write_text("\n".join(["[krakpy.hooks.v1]", *lines, ""]))
    (info.parent / "benchmark_hooks.py").write_text(_HOOK)
    json_endpoint = next(own for own in written["endpoints"] if own["endpoint"].startswith("/json/"))
    extra = {"plugin/req-resp-modifier": {"name": names}}
    written["endpoints"].append({**json_endpoint, "endpoint": "/hooked/{id}", "extra_config": extra})
    written["plugin"] = {"instances": {f"benchmark-hooks/{name}": {"isolation": "inproc"} for name in names}}
    return info.parent


_guard: type[Gateway] = Krakpy
