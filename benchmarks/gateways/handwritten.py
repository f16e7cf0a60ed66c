"""What people write by hand: falcon and httpx under gunicorn's own ASGI worker."""
from __future__ import annotations

import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from benchmarks.gateways.contract import Gateway, Place, Start
from benchmarks.workloads import Site, Workload


class Handwritten:
    """`gunicorn --worker-class asgi --workers 1`, with the application that stands beside this file."""

    name = "handwritten"

    def missing(self) -> str:
        return "" if find_spec("httpx") else "pip install httpx"

    def version(self) -> str:
        return ", ".join(f"{name} {version(name)}" for name in ("gunicorn", "falcon", "httpx"))

    def can(self, workload: Workload) -> bool:
        return workload.kind != "hooks" and not workload.site.extra_endpoints

    def start(self, site: Site, place: Place) -> Start:
        tls = ["--certfile", str(place.certificate), "--keyfile", str(place.key)] if site.tls else []
        command = [
            sys.executable, "-m", "gunicorn", "--worker-class", "asgi", "--workers", "1", "--no-control-socket",
            "--bind", f"127.0.0.1:{place.port}", "--keep-alive", "600", "--log-level", "error", *tls,
            "benchmarks.gateways.handwritten_app:application()",
        ]
        return Start(command, {
            "UPSTREAM": f"http://127.0.0.1:{place.upstream_port}", "PYTHONPATH": str(Path(__file__).parents[2]),
        })


_guard: type[Gateway] = Handwritten
